//! Certificates and TLS: the platform's certificate authority, the server loop, client configurations.
