DSN = "postgres://localhost"
