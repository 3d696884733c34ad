VALID = "30 days"
