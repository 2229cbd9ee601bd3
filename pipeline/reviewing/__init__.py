"""What people do with a draft before it is feedback: rules over records that are only ever added to."""
