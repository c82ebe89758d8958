//! Files that were sent with a form (ファイルの受け取り), streamed into a folder of their own in the
//! spool; it goes when nobody holds it any more, also when the line breaks.

use std::path::PathBuf;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, FromRequestParts, Request};
use tasuki_app::secret::Secret;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::posted::is_from_our_page;
use super::{Refusal, Staff};
use crate::arrival;
use crate::fields::Fields;
use crate::problem::{Code, Problem};
use crate::server::State;

/// Files of one form at most.
const MOST_FILES: usize = 64;

/// A file of a form.
#[derive(Debug)]
pub struct File {
    /// Name of the field.
    pub field: String,
    /// Name as the browser sent it; never a path of ours.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
}

/// A form with files, of a signed-in member of staff, with the session's token.
#[derive(Debug)]
pub struct Uploaded<R = Staff> {
    /// Who.
    pub by: R,
    /// What was typed.
    pub fields: Fields,
    /// Files that have bytes.
    pub files: Vec<File>,
    /// Folder of the files; they go with it.
    pub folder: TempDir,
}

/// Files of a form while they come, in a folder that goes with them.
#[derive(Debug)]
pub struct Files {
    /// Those that have bytes.
    pub list: Vec<File>,
    folder: TempDir,
}

impl Files {
    fn new(state: &State) -> Result<Self, Problem> {
        let spool = arrival::spool(state)?;
        let folder = TempDir::with_prefix_in("incoming-", spool.root()?).map_err(broken)?;
        Ok(Self { list: Vec::new(), folder })
    }

    /// The files of a form of software, which needs no token of a page.
    ///
    /// # Errors
    ///
    /// [`Code::BadRequest`] and [`Code::TooLarge`] as the form is.
    pub async fn of(state: &State, mut form: Multipart) -> Result<Self, Problem> {
        let mut files = Self::new(state)?;
        while let Some(field) = form.next_field().await.map_err(|error| unread(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().unwrap_or_default().to_owned();
            files.take(field, name, file).await?;
        }
        Ok(files)
    }

    /// Where the files are.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.list.iter().map(|file| file.path.clone()).collect()
    }

    async fn take(&mut self, part: Field<'_>, field: String, name: String) -> Result<(), Problem> {
        if self.list.len() >= MOST_FILES {
            return Err(Problem::new(Code::TooLarge));
        }
        let path = self.folder.path().join(format!("part-{}", self.list.len()));
        if write(part, &path).await? > 0 {
            self.list.push(File { field, name, path });
        }
        Ok(())
    }
}

fn refused(code: Code) -> Refusal {
    Refusal::Problem(Problem::new(code))
}

fn broken(error: std::io::Error) -> Problem {
    tasuki_app::AppError::Unavailable(error.into()).into()
}

impl<R> FromRequest<State> for Uploaded<R>
where
    R: FromRequestParts<State, Rejection = Refusal> + AsRef<Staff> + Send,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let by = R::from_request_parts(&mut parts, state).await?;
        if !is_from_our_page(&parts.headers, &parts.uri) {
            return Err(refused(Code::FormExpired));
        }
        let form = Multipart::from_request(Request::from_parts(parts, body), state).await;
        // What is no form with files is none of our forms.
        let mut form = form.map_err(|_| refused(Code::FormExpired))?;
        let mut files = Files::new(state).map_err(Refusal::Problem)?;
        let (mut pairs, mut proved) = (Vec::new(), false);
        let wrong = |error| Refusal::Problem(unread(&error));
        while let Some(field) = form.next_field().await.map_err(wrong)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                // The token stands before the files: nothing is written before it was seen.
                Some(_) if !proved => return Err(refused(Code::FormExpired)),
                Some(file) => files.take(field, name, file).await.map_err(Refusal::Problem)?,
                None => {
                    let text = field.text().await.map_err(wrong)?;
                    if name == "csrf" {
                        proved = Secret::new(text).sha256()
                            == Secret::new(by.as_ref().0.csrf.clone()).sha256();
                    } else {
                        pairs.push((name, text));
                    }
                }
            }
        }
        if !proved {
            return Err(refused(Code::FormExpired));
        }
        let Files { list: files, folder } = files;
        Ok(Self { by, fields: Fields::of(pairs), files, folder })
    }
}

fn unread(error: &axum::extract::multipart::MultipartError) -> Problem {
    Problem::new(match error.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        _ => Code::BadRequest,
    })
}

/// Streams a file to its place; how many bytes it had.
async fn write(mut field: Field<'_>, path: &std::path::Path) -> Result<usize, Problem> {
    let mut file = tokio::fs::File::create(path).await.map_err(broken)?;
    let mut bytes = 0_usize;
    while let Some(part) = field.chunk().await.map_err(|error| unread(&error))? {
        file.write_all(&part).await.map_err(broken)?;
        bytes = bytes.saturating_add(part.len());
    }
    file.flush().await.map_err(broken)?;
    Ok(bytes)
}
