//! The bundled pull request: a small order service before and after a change by a colleague in a hurry.

use super::Scene;
use crate::forge::simulator::{NewChange, Simulator};

/// The repository's name.
const REPOSITORY: &str = "acme/orders";
/// Change requests that were there before.
const EARLIER: i64 = 41;
/// The branch that the change comes from.
const BRANCH: &str = "reserve-stock";

/// Path, content before (`None`: the file is new), content after.
type File = (&'static str, Option<&'static str>, &'static str);

macro_rules! both {
    ($path:literal) => {
        (
            $path,
            Some(include_str!(concat!("sample/base/", $path))),
            include_str!(concat!("sample/head/", $path)),
        )
    };
}

const FILES: [File; 10] = [
    both!("pyproject.toml"),
    both!("orders/__init__.py"),
    both!("orders/app.py"),
    both!("orders/prices.py"),
    both!("orders/reports.py"),
    both!("orders/repository.py"),
    ("orders/stock.py", None, include_str!("sample/head/orders/stock.py")),
    both!("orders/warehouse.py"),
    both!("orders/webhooks.py"),
    both!("orders/worker.py"),
];

/// Puts the repository on the platform and opens the change request.
pub(super) fn open(simulator: &Simulator) -> Scene {
    let mut state = simulator.state();
    let base = FILES.iter().filter_map(|(path, before, _)| Some((*path, (*before)?)));
    let repository = state.add_repository(REPOSITORY, base);
    if let Some(repository) = state.repositories.get_mut(&repository) {
        repository.last_number = EARLIER;
    }
    state.push(repository, BRANCH, FILES.iter().map(|(path, _, after)| (*path, Some(*after))));
    let mut change = NewChange::from_branch(BRANCH, "Reserve stock until the parcel has arrived");
    change.body = "Keeps one more of each article back, follows the warehouse's events, and writes an audit trail.\n\nSome of it is taken over from the old inventory scripts.".to_owned();
    let number = state.open_change(repository, change);
    Scene { repository, name: REPOSITORY.to_owned(), number, files: FILES.len() as u32 }
}
