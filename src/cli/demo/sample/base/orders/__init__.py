"""Takes orders, prices them, hands them to the warehouse."""
