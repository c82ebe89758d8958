//! A sandbox of the neighbouring systems: sign-in with virtual cards, eligibility, a mail box.
