"""The dashboard's own file: accounts, patients, programmes, audit trail."""
