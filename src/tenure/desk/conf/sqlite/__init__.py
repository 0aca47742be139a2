"""Django's SQLite, with a way of waiting that many short writes at once can live with."""
