//! Who may read what: the sharing table as data, and one pure decision.
