"""About the program: licences of all that it is made of, versions, folders."""
