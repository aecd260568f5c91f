//! Problems with accounts.

use grassroots_domain::text::localized::Localized;

use crate::{
    app::{accounts::MAX_DISPLAY_NAME_CHARS, assignments::MAX_GRIDS, error::AccountError},
    auth::{
        policy::{MAX_CHARS, MIN_CHARS, MIN_CLASSES, WeakPassword},
        usernames::USERNAME_CHARS,
    },
    http::problem::Problem,
    localization::localized,
    problem_code::ProblemCode,
    validation::fields::quoted,
};

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let grids = |detail| Self::field(ProblemCode::InvalidGrids, "/grids", detail);
        match error {
            AccountError::Forbidden => Self::new(
                ProblemCode::Forbidden,
                localized!(
                    "只有本辖区的安全管理员可以管理账号",
                    "only a security administrator of the unit manages its accounts"
                ),
            ),
            AccountError::OwnAccount => Self::new(
                ProblemCode::Forbidden,
                localized!(
                    "不能停用、调动或重置自己的账号，请由另一名安全管理员办理",
                    "nobody disables, moves or resets their own account; ask another security administrator"
                ),
            ),
            AccountError::LastAdministrator(role) => {
                let zh = role.zh();
                Self::new(
                    ProblemCode::LastAdministrator,
                    localized!(
                        "这是最后一名可用的{zh}，请先指定另一名",
                        "this is the last active {role}; appoint another one first"
                    ),
                )
            }
            AccountError::NoSuccessor(id) => Self::field(
                ProblemCode::NoSuccessor,
                "/to",
                localized!(
                    "{id} 不能接手：须为本辖区另一个可用的、可以上报的账号",
                    "{id} cannot take it: another active account of the unit, of somebody who reports, can"
                ),
            ),
            AccountError::UsernameTaken(name) => Self::field(
                ProblemCode::UsernameTaken,
                "/username",
                localized!(
                    "用户名“{name}”已被使用，请换一个",
                    "the user name {name:?} is taken; choose another"
                ),
            ),
            AccountError::InvalidUsername(name) => {
                let name = quoted(&name);
                let (min, max) = (USERNAME_CHARS.start(), USERNAME_CHARS.end());
                let detail = localized!(
                    "“{name}”不能作为用户名，须为 {min}–{max} 个小写字母、数字、点、下划线或连字符",
                    "{name:?} is no user name; {min} to {max} of a-z, 0-9, dot, underscore and hyphen are"
                );
                Self::field(ProblemCode::InvalidUsername, "/username", detail)
            }
            AccountError::InvalidDisplayName(name) => Self::field(
                ProblemCode::InvalidDisplayName,
                "/display_name",
                localized!(
                    "“{name}”不能作为姓名，须为 1–{MAX_DISPLAY_NAME_CHARS} 个可见字符",
                    "{name:?} is no display name; 1 to {MAX_DISPLAY_NAME_CHARS} printable characters are",
                    name = quoted(&name)
                ),
            ),
            AccountError::ForeignOrganisation(code) => Self::field(
                ProblemCode::OutsideYourUnit,
                "/organisation",
                localized!("机构 {code} 不在您的辖区内", "{code} is outside the unit you administer"),
            ),
            AccountError::UnknownOrganisation(code) => Self::field(
                ProblemCode::UnknownOrganisation,
                "/organisation",
                localized!("没有机构 {code}", "there is no organisation {code}"),
            ),
            AccountError::RoleDoesNotFit { role, organisation } => {
                let zh = role.zh();
                let detail = localized!(
                    "{zh}不能属于 {organisation}；受理角色属于本级受理台，承办人属于部门",
                    "a {role} cannot belong to {organisation}; desk roles go to the desk of their level, handlers to \
                     a department"
                );
                Self::field(ProblemCode::RoleDoesNotFit, "/role", detail)
            }
            AccountError::NoGrids(role) => {
                let zh = role.zh();
                grids(localized!(
                    "{zh}没有网格，只有网格员有",
                    "a {role} walks no grids; only grid workers do"
                ))
            }
            AccountError::TooManyGrids(number) => grids(localized!(
                "{number} 个网格过多，最多 {MAX_GRIDS} 个",
                "{number} grids are too many; {MAX_GRIDS} at most"
            )),
            AccountError::UnknownGrid(grid) => {
                grids(localized!("没有网格 {grid}", "there is no grid {grid}"))
            }
            AccountError::GridOutside { grid, unit } => {
                grids(localized!("网格 {grid} 不在 {unit} 内", "grid {grid} lies outside {unit}"))
            }
            AccountError::DoubleGrid(grid) => {
                grids(localized!("网格 {grid} 重复", "grid {grid} is named twice"))
            }
            AccountError::WeakPassword(rule) => {
                let (name, detail) = broken_rule(rule);
                Self::field(ProblemCode::WeakPassword, "/password", detail).with("rule", name)
            }
            AccountError::SamePassword => Self::field(
                ProblemCode::WeakPassword,
                "/password",
                localized!("新密码不能与原密码相同", "the new password must differ from the current one"),
            )
            .with("rule", "same"),
            AccountError::WrongPassword => Self::field(
                ProblemCode::WrongPassword,
                "/current_password",
                localized!("原密码不正确", "the current password is wrong"),
            ),
            AccountError::Several(errors) => {
                Self::invalid(errors.into_iter().flat_map(|error| Self::from(error).errors).collect())
            }
        }
    }
}

/// The code and the explanation of the broken rule. They never contain the password.
fn broken_rule(rule: WeakPassword) -> (&'static str, Localized) {
    match rule {
        WeakPassword::TooShort => (
            "too_short",
            localized!("密码至少 {MIN_CHARS} 个字符", "a password has at least {MIN_CHARS} characters"),
        ),
        WeakPassword::TooLong => (
            "too_long",
            localized!("密码最多 {MAX_CHARS} 个字符", "a password has at most {MAX_CHARS} characters"),
        ),
        WeakPassword::TooFewClasses => (
            "too_few_classes",
            localized!(
                "密码须包含小写字母、大写字母、数字、其他字符中的至少 {MIN_CLASSES} 类",
                "a password has at least {MIN_CLASSES} of: lower case, upper case, digits, other characters"
            ),
        ),
        WeakPassword::ContainsUsername => (
            "contains_username",
            localized!("密码不能包含用户名", "a password does not contain the user name"),
        ),
        WeakPassword::Common => (
            "common",
            localized!("该密码过于常见，容易被猜到", "everybody tries this password first; choose another"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use grassroots_domain::account::Role;

    use super::*;

    #[test]
    fn every_error_has_its_code_and_names_its_field() {
        let grid = "411224107201001".parse().unwrap();
        let unit = "411224107202".parse().unwrap();
        let organisation = "411224107-desk".parse().unwrap();
        let role = Role::Handler;
        let name = || "x".to_owned();
        for (error, code, pointer) in [
            (AccountError::Forbidden, ProblemCode::Forbidden, None),
            (AccountError::OwnAccount, ProblemCode::Forbidden, None),
            (AccountError::LastAdministrator(role), ProblemCode::LastAdministrator, None),
            (AccountError::InvalidUsername(name()), ProblemCode::InvalidUsername, Some("/username")),
            (AccountError::UsernameTaken(name()), ProblemCode::UsernameTaken, Some("/username")),
            (
                AccountError::InvalidDisplayName(name()),
                ProblemCode::InvalidDisplayName,
                Some("/display_name"),
            ),
            (
                AccountError::UnknownOrganisation(organisation),
                ProblemCode::UnknownOrganisation,
                Some("/organisation"),
            ),
            (
                AccountError::ForeignOrganisation(organisation),
                ProblemCode::OutsideYourUnit,
                Some("/organisation"),
            ),
            (AccountError::RoleDoesNotFit { role, organisation }, ProblemCode::RoleDoesNotFit, Some("/role")),
            (AccountError::NoGrids(role), ProblemCode::InvalidGrids, Some("/grids")),
            (AccountError::TooManyGrids(51), ProblemCode::InvalidGrids, Some("/grids")),
            (AccountError::UnknownGrid(grid), ProblemCode::InvalidGrids, Some("/grids")),
            (AccountError::GridOutside { grid, unit }, ProblemCode::InvalidGrids, Some("/grids")),
            (AccountError::DoubleGrid(grid), ProblemCode::InvalidGrids, Some("/grids")),
            (WeakPassword::TooShort.into(), ProblemCode::WeakPassword, Some("/password")),
            (AccountError::SamePassword, ProblemCode::WeakPassword, Some("/password")),
            (AccountError::WrongPassword, ProblemCode::WrongPassword, Some("/current_password")),
        ] {
            let text = format!("{error:?}");
            let problem = Problem::from(error);
            assert_eq!(problem.code, code, "{text}");
            assert_eq!(problem.errors.first().map(|error| error.pointer.as_str()), pointer, "{text}");
        }
    }
}
