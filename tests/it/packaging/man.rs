//! The manual: a page for each command.

use super::{commands, written};

#[test]
fn each_command_has_a_page_that_says_what_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    // It makes the folder.
    let pages = folder.path().join("man1");
    assert_eq!(written(&["man", &pages.display().to_string()]), "");
    for command in commands() {
        let name = command.join("-");
        let page = std::fs::read_to_string(pages.join(format!("{name}.1"))).expect(&name);
        assert!(page.contains(&format!(".TH {name} 1 ")), "{page}");
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
    }
    let files = std::fs::read_dir(&pages).unwrap().count();
    assert_eq!(files, commands().len(), "pages of nothing");
    let serve = std::fs::read_to_string(pages.join("asyncwarden-serve.1")).unwrap();
    assert!(serve.contains("ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE"), "settings name their variables");
}

#[test]
fn the_program_s_own_page_goes_to_standard_output() {
    let page = written(&["man"]);
    assert!(page.contains(".TH asyncwarden 1"), "{page}");
    for command in commands().iter().filter(|path| path.len() == 2) {
        assert!(page.contains(&format!("asyncwarden\\-{}(1)", command[1])), "{command:?}\n{page}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let refused = super::asyncwarden(&["man", "/dev/null/pages"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("/dev/null/pages"), "{said}");
}
