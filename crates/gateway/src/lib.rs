//! Calls to neighbouring systems: online eligibility, the citizen's sign-in, mail.
