//! The protocol document and the code define the same columns.
