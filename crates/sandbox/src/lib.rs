//! A sandbox of the neighbouring systems: sign-in with virtual cards, online eligibility, a mail box.
