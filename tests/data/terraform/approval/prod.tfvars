environment       = "prod"
database_password = "invented"
