//! Authorization. A user has a role, a token a scope; both map to a right, and each right includes those
//! before it.

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// What a user is.
    Role, "role", {
        /// Reads and exports.
        Viewer = "viewer",
        /// Also starts syncs and adds artists.
        Analyst = "analyst",
        /// Also changes users, platforms and the tokens of others.
        Admin = "admin",
    }
);

string_enum!(
    /// What a request may do, and what a token may at most: its scope.
    Right, "scope", {
        /// Reports, lists and exports.
        Read = "read",
        /// Syncs and artists.
        Sync = "sync",
        /// Everything else.
        Admin = "admin",
    }
);

impl Role {
    /// The highest right of this role.
    pub const fn right(self) -> Right {
        match self {
            Role::Viewer => Right::Read,
            Role::Analyst => Right::Sync,
            Role::Admin => Right::Admin,
        }
    }

    /// The role with its rights, for selection lists.
    pub const fn label(self) -> &'static str {
        match self {
            Role::Viewer => "Viewer: reads and exports",
            Role::Analyst => "Analyst: also fetches data and adds artists",
            Role::Admin => "Admin: also changes users and platforms",
        }
    }
}

impl Right {
    /// The scope with its rights, for selection lists.
    pub const fn label(self) -> &'static str {
        match self {
            Right::Read => "Read: reports and exports",
            Right::Sync => "Sync: also fetches data and adds artists",
            Right::Admin => "Admin: everything that you may",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_grow_with_roles() {
        assert_eq!(Role::ALL.iter().map(|role| role.right()).collect::<Vec<_>>(), Right::ALL);
        assert!(Right::Read < Right::Sync && Right::Sync < Right::Admin);
    }
}
