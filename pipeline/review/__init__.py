"""The review room: the web app in which drafts become feedback."""
