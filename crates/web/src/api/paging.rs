//! Lists in pages (一覧のページ分け): an opaque cursor names the last item that was given.
//!
//! A page goes on after that item, wherever it now stands: items that come or go before it neither
//! repeat nor swallow others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body;
use crate::problem::Problem;

/// Items of a page unless the asker says another number.
const USUAL: usize = 50;

/// Most items of a page.
const MOST: usize = 200;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 1ページの件数. 1から200まで、なければ50.
    pub limit: Option<usize>,
    /// 続き: 前のページの `next`.
    pub cursor: Option<String>,
}

/// 一覧の1ページ.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// このページの項目.
    pub items: Vec<T>,
    /// 続き: `cursor` of the page after this one; null at the end.
    pub next: Option<String>,
}

impl PageQuery {
    /// How many items are asked for.
    ///
    /// # Errors
    ///
    /// The field `limit` when it is not 1 to 200.
    pub fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(USUAL);
        if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(body::invalid("limit", "unknown")) }
    }

    /// The name of the last item of the page before.
    ///
    /// # Errors
    ///
    /// The field `cursor` when it is none of ours.
    pub fn after(&self) -> Result<Option<String>, Problem> {
        let read = |cursor: &String| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            String::from_utf8(bytes).ok()
        };
        let text = self.cursor.as_ref().map(|cursor| read(cursor).ok_or_else(gone));
        text.transpose()
    }

    /// The page of `all` after the cursor; `name` names an item.
    ///
    /// # Errors
    ///
    /// The field `cursor` when the item it names is no longer in the list.
    pub fn of<T>(&self, mut all: Vec<T>, name: impl Fn(&T) -> String) -> Result<Page<T>, Problem> {
        let limit = self.limit()?;
        let first = match self.after()? {
            None => 0,
            Some(after) => {
                all.iter().position(|item| name(item) == after).ok_or_else(gone)?.saturating_add(1)
            }
        };
        let mut items = all.split_off(first.min(all.len()));
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| cursor(&name(last)));
        Ok(Page { items, next })
    }
}

impl<T> Page<T> {
    /// The same page with other items.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

/// The cursor after the item of this name.
pub(super) fn cursor(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

fn gone() -> Problem {
    body::invalid("cursor", "cursor-gone")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(all: &[u32], limit: usize, cursor: Option<String>) -> Result<Page<u32>, Problem> {
        PageQuery { limit: Some(limit), cursor }.of(all.to_vec(), u32::to_string)
    }

    #[test]
    fn items_that_come_and_go_before_the_cursor_change_nothing_after_it() {
        let first = page(&[1, 2, 3, 4, 5], 2, None).unwrap();
        assert_eq!(first.items, [1, 2]);
        let second = page(&[9, 2, 3, 4, 5], 2, first.next).unwrap();
        assert_eq!(second.items, [3, 4]);
        let third = page(&[2, 4, 5], 2, second.next).unwrap();
        assert_eq!((third.items, third.next), (vec![5], None));
    }

    #[test]
    fn a_cursor_that_names_nothing_is_refused() {
        for cursor in [cursor("7"), "%".to_owned(), String::new()] {
            let refused = page(&[1, 2, 3], 2, Some(cursor)).unwrap_err();
            assert_eq!(refused.fields[0].field, "cursor");
        }
        assert_eq!(page(&[], 0, None).unwrap_err().fields[0].field, "limit");
        assert_eq!(page(&[], 201, None).unwrap_err().fields[0].field, "limit");
    }

    proptest! {
        #[test]
        fn pages_together_are_the_list(length in 0u32..60, limit in 1usize..20) {
            let all: Vec<u32> = (0..length).collect();
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = page(&all, limit, cursor).unwrap();
                seen.extend(page.items);
                cursor = page.next;
                if cursor.is_none() { break }
            }
            prop_assert_eq!(seen, all);
        }
    }
}
