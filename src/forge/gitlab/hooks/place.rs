//! Where webhooks are: in a project, or in a group for all projects below it.

use serde::Deserialize;

use super::GitLab;
use crate::forge::ForgeError;
use crate::forge::connection::segment;

/// Most projects of a group that are listed, in pages of a hundred.
const PAGES: usize = 200;

/// A project or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which of the two.
    pub kind: PlaceKind,
    /// Number of it.
    pub id: i64,
    /// Its path with all groups before it.
    pub full_path: String,
    /// Name of a project's default branch; none while it is empty.
    pub default_branch: Option<String>,
}

/// A project or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A project.
    Project,
    /// A group.
    Group,
}

impl Place {
    /// Its path below the API.
    pub(super) fn path(&self) -> String {
        match self.kind {
            PlaceKind::Project => format!("/projects/{}", self.id),
            PlaceKind::Group => format!("/groups/{}", self.id),
        }
    }
}

#[derive(Deserialize)]
struct ProjectWire {
    id: i64,
    path_with_namespace: String,
    default_branch: Option<String>,
}

impl ProjectWire {
    fn place(self) -> Place {
        let default_branch = self.default_branch.filter(|branch| !branch.is_empty());
        let (id, full_path) = (self.id, self.path_with_namespace);
        Place { kind: PlaceKind::Project, id, full_path, default_branch }
    }
}

#[derive(Deserialize)]
struct GroupWire {
    id: i64,
    full_path: String,
}

impl GitLab {
    /// The full path of the project of this number; `None` when the token's user sees none.
    pub(in crate::forge::gitlab) async fn name_of_project(
        &self,
        id: i64,
    ) -> Result<Option<String>, ForgeError> {
        match self.get::<ProjectWire>("read project", &format!("/projects/{id}")).await {
            Ok(project) => Ok(Some(project.path_with_namespace)),
            Err(ForgeError::Status { status: 403 | 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The project of this path or number, else the group of it; `None` when there is neither, or the token's user may not
    /// see it.
    ///
    /// # Errors
    /// As any call.
    pub async fn place(&self, name: &str) -> Result<Option<Place>, ForgeError> {
        let name = segment(name.trim().trim_matches('/'));
        match self.get::<ProjectWire>("read project", &format!("/projects/{name}")).await {
            Ok(project) => return Ok(Some(project.place())),
            Err(ForgeError::Status { status: 404, .. }) => {}
            Err(error) => return Err(error),
        }
        let path = format!("/groups/{name}?with_projects=false");
        match self.get::<GroupWire>("read group", &path).await {
            Ok(GroupWire { id, full_path }) => {
                Ok(Some(Place { kind: PlaceKind::Group, id, full_path, default_branch: None }))
            }
            Err(ForgeError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The projects of one page of a list.
    pub(in crate::forge::gitlab) async fn listed_projects(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<Vec<Place>, ForgeError> {
        let (listed, _) = self.list::<ProjectWire>(operation, path, 1).await?;
        Ok(listed.into_iter().map(ProjectWire::place).collect())
    }

    /// The projects of a group and the groups below it that are in use.
    ///
    /// # Errors
    /// As any call.
    ///
    /// Source: GitLab REST API, "List all projects in a group", and "Keyset-based pagination".
    pub async fn projects_of(&self, group: &Place) -> Result<Vec<Place>, ForgeError> {
        const OPERATION: &str = "list projects";
        let path = format!(
            "{}/projects?include_subgroups=true&with_shared=false&archived=false&simple=true&order_by=id&per_page=100",
            group.path()
        );
        let keyset = format!("{path}&sort=asc&pagination=keyset");
        let listed = match self.list::<ProjectWire>(OPERATION, &keyset, PAGES).await {
            // Not offered for this list.
            Err(ForgeError::Status { status: 400 | 405, .. }) => {
                self.list::<ProjectWire>(OPERATION, &path, PAGES).await
            }
            listed => listed,
        };
        Ok(listed?.0.into_iter().map(ProjectWire::place).collect())
    }
}
