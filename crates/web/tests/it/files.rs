//! Forms with files, as browsers send them.

use std::fmt::Write;

use axum::body::Body;
use http::{Request, header};

use crate::house::{Who, csrf_of, request};

const BOUNDARY: &str = "----a-line-that-stands-in-no-file";

/// A file of a form: name of the field, name of the file, content.
pub(crate) type File<'a> = (&'a str, &'a str, &'a str);

/// A form with the session's token and `files`.
pub(crate) fn with_files(who: Who, path: &str, files: &[File<'_>]) -> Request<Body> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n",
        csrf_of(who),
    );
    for (field, name, content) in files {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; \
             filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n",
        )
        .unwrap();
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    let mut request = request(who, "POST", path, body);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
    request
}
