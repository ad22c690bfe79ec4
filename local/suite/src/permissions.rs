//! Who may do what, as a page: made from the rules and from what the endpoints' descriptions say they need, which is what the guard
//! before them asks. `docs/permissions.md` is this, committed.

use crate::openapi;
use heatpay_domain::staff::{Permission, Role};
use heatpay_runtime::staff::PERMISSION;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};

/// A staff endpoint, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET`.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// What it needs.
    pub permission: Permission,
    /// What a clerk calls it.
    pub title: String,
}

/// Every staff endpoint of every function.
pub fn endpoints() -> Vec<Endpoint> {
    let document = serde_json::to_value(openapi::document()).unwrap_or_default();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(permission) = operation[PERMISSION].as_str().and_then(Permission::of_name) else { continue };
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (method, title) = (method.to_uppercase(), text(&operation["summary"]));
            found.push(Endpoint { method, path: path.clone(), permission, title });
        }
    }
    found
}

/// The page.
pub fn page() -> String {
    let mut page = "# Who may do what\n\nMade from the code (`HEATPAY_WRITE_DOCS=1 cargo test -p heatpay-tests --test wiring \
         permissions`); do not edit. The rules stand in `shared/domain/src/staff/permission.rs`. An endpoint names its permission as \
         `x-permission` in its description, and the guard before it asks for exactly that. `tests/flows/permissions.rs` tries every \
         endpoint in every role. Beside the role, the branch of what is touched must be one of the person's, and who asked for a \
         refund or a write-down cannot approve it.\n\n## Role by permission\n\n"
        .to_owned();
    let roles = Role::ALL.iter().map(|role| format!("{} {}", role.title(), role.name()));
    row(&mut page, std::iter::once("permission".to_owned()).chain(roles));
    row(&mut page, (0..=Role::ALL.len()).map(|_| "---".to_owned()));
    for permission in Permission::ALL {
        let mark = |role| if permission.roles().contains(role) { "●" } else { "" }.to_owned();
        row(&mut page, std::iter::once(format!("`{}`", permission.name())).chain(Role::ALL.iter().map(mark)));
    }
    page.push_str("\n## Endpoint by permission\n\n");
    row(&mut page, ["permission", "endpoint", "", "roles"].map(str::to_owned));
    row(&mut page, ["---"; 4].map(str::to_owned));
    let mut by_permission: BTreeMap<Permission, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints() {
        by_permission.entry(endpoint.permission).or_default().push(endpoint);
    }
    for (permission, endpoints) in by_permission {
        let roles = permission.roles().iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
        for Endpoint { method, path, title, .. } in endpoints {
            row(&mut page, [format!("`{}`", permission.name()), format!("`{method} {path}`"), title, roles.clone()]);
        }
    }
    page
}

fn row(page: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}
