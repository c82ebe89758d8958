//! Pages and REST over TLS.
