"""How people are reminded: what they wish, and the mails, calendars and messages that are made of it."""
