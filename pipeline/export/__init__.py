"""How a call's results are shown: the contract for programs, and pages for people in a terminal, Markdown and HTML."""
