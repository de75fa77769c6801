"""Things touched, taken or held by humanoids and by hands alone, judged on simulator truth."""
