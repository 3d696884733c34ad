VALID = "14 days"
