"""The due list and the mails of a large registry, through the database and a mail server."""
