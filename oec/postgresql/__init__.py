"""Django's back end for PostgreSQL with connections that are kept between requests."""
