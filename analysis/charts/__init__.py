"""How charts look and the forms they share."""
