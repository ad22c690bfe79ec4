use heatpay_domain::{
    StaffNo,
    staff::{
        BranchName, Branches, LoginName, NoSecondPerson, PasswordRefused, Permission, Role, StaffPerson, check_name,
        check_password, permissions_of, second_person, wait_after,
    },
};
use jiff::SignedDuration;
use std::collections::BTreeSet;

fn only(names: &[&str]) -> Branches {
    Branches::Only(names.iter().map(|name| BranchName::parse(*name).unwrap()).collect())
}

fn number(letter: char) -> StaffNo {
    StaffNo::from_ulid(&letter.to_string().repeat(26)).unwrap()
}

fn roles(roles: &[Role]) -> BTreeSet<Role> {
    roles.iter().copied().collect()
}

#[test]
fn every_permission_is_some_roles_and_every_role_may_do_something_of_its_own() {
    for permission in Permission::ALL {
        assert!(!permission.roles().is_empty(), "{permission:?}");
        let different: BTreeSet<_> = permission.roles().iter().collect();
        assert_eq!(different.len(), permission.roles().len(), "{permission:?} names a role twice");
        assert_eq!(Permission::of_name(permission.name()), Some(*permission));
    }
    for role in Role::ALL {
        assert!(permissions_of(&roles(&[*role])).len() > 1, "{role:?}");
    }
}

#[test]
fn who_manages_staff_moves_no_money() {
    let money = [
        Permission::CounterRecord,
        Permission::CounterReverse,
        Permission::RefundRequest,
        Permission::RefundApprove,
        Permission::RefundResolve,
        Permission::PrepaymentReturn,
        Permission::WriteDownRequest,
        Permission::WriteDownApprove,
        Permission::ReconcileResolve,
    ];
    let may = permissions_of(&roles(&[Role::Administrator]));
    assert!(money.iter().all(|permission| !may.contains(permission)));
    assert_eq!(Permission::StaffManage.roles(), [Role::Administrator]);
}

#[test]
fn a_viewer_changes_nothing() {
    let may = permissions_of(&roles(&[Role::Viewer]));
    let looking =
        |permission: &Permission| permission.name().ends_with("_view") || *permission == Permission::OwnAccount;
    assert!(may.iter().all(looking), "{may:?}");
}

#[test]
fn two_roles_allow_what_either_does() {
    let both = permissions_of(&roles(&[Role::Cashier, Role::Repair]));
    assert!(both.contains(&Permission::CounterRecord) && both.contains(&Permission::RepairManage));
    assert!(!both.contains(&Permission::RefundApprove));
}

#[test]
fn a_limit_to_branches_leaves_out_what_belongs_to_none() {
    let mine = only(&["和平分公司", "河西分公司"]);
    assert!(mine.include("河西分公司") && !mine.include("南开分公司"));
    assert!(!mine.include_if_any(None) && Branches::All.include_if_any(None));
}

#[test]
fn nobody_gives_away_more_branches_than_he_has() {
    let mine = only(&["和平分公司", "河西分公司"]);
    assert!(mine.cover(&only(&["河西分公司"])) && mine.cover(&mine));
    assert!(!mine.cover(&Branches::All) && !mine.cover(&only(&["南开分公司"])));
    assert!(Branches::All.cover(&mine) && Branches::All.cover(&Branches::All));
}

#[test]
fn a_refund_is_approved_by_another_person_of_finance_in_the_branch() {
    let (asked, other) = (number('A'), number('B'));
    let (finance, cashier) = (roles(&[Role::Finance]), roles(&[Role::Cashier]));
    let (here, everywhere) = (only(&["和平分公司"]), Branches::All);
    let decide = |staff_no, roles, branches, branch| {
        second_person(&asked, StaffPerson { staff_no, roles, branches }, Permission::RefundApprove, branch)
    };
    assert_eq!(decide(&other, &finance, &here, Some("和平分公司")), Ok(()));
    assert_eq!(decide(&asked, &finance, &here, Some("和平分公司")), Err(NoSecondPerson::SamePerson));
    assert_eq!(decide(&other, &cashier, &here, Some("和平分公司")), Err(NoSecondPerson::NoPermission));
    assert_eq!(decide(&other, &finance, &here, Some("河西分公司")), Err(NoSecondPerson::OtherBranch));
    assert_eq!(decide(&other, &finance, &here, None), Err(NoSecondPerson::OtherBranch));
    assert_eq!(decide(&other, &finance, &everywhere, None), Ok(()));
}

#[test]
fn mistyping_costs_nothing_and_guessing_an_hour_a_try() {
    let minutes = |failures| wait_after(failures).as_mins();
    assert_eq!((0..=4).map(minutes).collect::<Vec<_>>(), [0; 5]);
    assert_eq!((5..=13).map(minutes).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(wait_after(u32::MAX), SignedDuration::from_hours(1));
}

#[test]
fn a_login_name_is_small_letters_first() {
    for name in ["lin", "zhang.san", "w-5_x", &"a".repeat(32)] {
        assert!(LoginName::parse(name).is_ok(), "{name}");
    }
    for name in ["li", "1in", "Lin", "林晓晨", "lin ", "lin#1", &"a".repeat(33)] {
        assert!(LoginName::parse(name).is_err(), "{name}");
    }
}

#[test]
fn a_branch_and_a_name_have_no_blanks_around_them() {
    assert!(BranchName::parse("和平分公司").is_some());
    for text in ["", " 和平", "和平\n", &"和".repeat(41)] {
        assert!(BranchName::parse(text).is_none(), "{text:?}");
        assert!(!check_name(text), "{text:?}");
    }
    assert!(check_name("林晓晨") && !check_name("<b>"));
}

#[test]
fn a_password_is_long_varied_and_not_the_name() {
    let name = LoginName::parse("zhang.san").unwrap();
    assert_eq!(check_password("供热收费系统的管理员密码甲", &name), Ok(()));
    assert_eq!(check_password("correct horse", &name), Ok(()));
    assert_eq!(check_password("short", &name), Err(PasswordRefused::Length));
    assert_eq!(check_password(&"x1".repeat(65), &name), Err(PasswordRefused::Length));
    assert_eq!(check_password("abababababab", &name), Err(PasswordRefused::Monotonous));
    assert_eq!(check_password("my-ZHANG.SAN-word", &name), Err(PasswordRefused::ContainsLoginName));
}
