//! Store functions on both engines.

mod commit;
