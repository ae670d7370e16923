//! Diffs and the map of their lines: whatever a platform or a file says that a change is.

use asyncwarden::change::{
    FileChange, FileChangeKind, FileDiff, Hunk, LineKind, LineMap, TextHunk, hunks_between,
    parse_diff, parse_patch,
};

/// Hunks may speak of lines far behind what there is; files are not made as long as that.
const MOST_LINES: u32 = 2_000;

/// Reads the input as a whole diff, as one file's patch, and its halves as two versions of a file.
pub(super) fn diff(data: &[u8]) {
    if let Ok(files) = parse_diff(data) {
        for file in &files {
            let change = file.change();
            assert!(!change.path.is_empty());
            assert_in_order(&change.hunks);
            assert_mapped(&change);
            applies(file);
        }
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(hunks) = parse_patch(&text) {
        assert_in_order(&hunks);
        let kind = FileChangeKind::Modified;
        let (path, old_path) = ("a.py".to_owned(), Some("a.py".to_owned()));
        assert_mapped(&FileChange { path, old_path, kind, hunks, shown: true });
    }
    let middle = memchr::memmem::find(data, b"\n%%\n");
    let (old, new) = middle.map_or((data, &b""[..]), |at| (&data[..=at], &data[at + 4..]));
    between(old, new);
}

/// Hunks come in the order of their lines on both sides and share none.
fn assert_in_order(hunks: &[Hunk]) {
    let mut reached = (0, 0);
    for hunk in hunks {
        let (mut old, mut new) = (hunk.old_start, hunk.new_start);
        // A side without lines names the line before.
        old += u32::from(hunk.old_len() == 0);
        new += u32::from(hunk.new_len() == 0);
        assert!(old > reached.0 && new > reached.1, "{hunk:?} after {reached:?}");
        reached = (old + hunk.old_len() - 1, new + hunk.new_len() - 1);
    }
}

/// Whether there are as many unchanged lines between the hunks on both sides. Who takes hunks out of a diff leaves others'
/// numbers behind, so that is no error; but then only the lines that hunks show are known by their numbers.
fn fit(hunks: &[Hunk]) -> bool {
    let behind = |start: u32, len: u32| (start + u32::from(len == 0), len);
    let mut reached = (1, 1);
    hunks.iter().all(|hunk| {
        let (old, old_len) = behind(hunk.old_start, hunk.old_len());
        let (new, new_len) = behind(hunk.new_start, hunk.new_len());
        let fits = old - reached.0 == new - reached.1;
        reached = (old + old_len, new + new_len);
        fits
    })
}

/// Each line that a hunk shows is one of that hunk, and of the unchanged ones both sides know their partner.
fn assert_mapped(change: &FileChange) {
    let map = change.line_map();
    let whole = matches!(change.kind, FileChangeKind::Added | FileChangeKind::Deleted);
    let fit = fit(&change.hunks);
    for hunk in change.hunks.iter().take(20) {
        for line in hunk.numbered().take(50) {
            let shown = line.kind != LineKind::Removed;
            if shown {
                let showing = change.hunk_showing(line.new).expect("its hunk shows it");
                assert!(std::ptr::eq(showing, hunk), "{line:?}");
                assert!(
                    hunk.new_start <= line.new && line.new < hunk.new_start + hunk.new_len(),
                    "{line:?} of {hunk:?}"
                );
                assert_eq!(change.is_changed(line.new), line.kind == LineKind::Added);
            }
            if !fit {
                continue;
            }
            let partner = (line.kind == LineKind::Context && !whole).then_some(());
            if line.kind != LineKind::Added {
                assert_eq!(map.new_line(line.old), partner.map(|()| line.new), "{line:?}");
            }
            if shown {
                assert_eq!(map.old_line(line.new), partner.map(|()| line.old), "{line:?}");
            }
        }
    }
}

/// A diff that fits some text leads from it to another, and from there back.
fn applies(file: &FileDiff<'_>) {
    let hunks: Vec<Hunk> = file.hunks.iter().map(TextHunk::hunk).collect();
    let Some(old) = some_text_for(file).filter(|_| fit(&hunks)) else { return };
    let new = file.apply(&old).expect("it is a diff of this text");
    assert_eq!(file.reverse(&new).expect("and of this"), old);
    assert_pairs_are_alike(&LineMap::new(&hunks), &old, &new);
}

/// A text that the diff can be one of; `None` where there is none, or only a long one.
fn some_text_for(file: &FileDiff<'_>) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut lines = 0;
    // Whether a line without an end was written, behind which nothing can stand; on the old and on the new side.
    let mut ended = (false, false);
    for hunk in &file.hunks {
        let spans = hunk.lines.iter().any(|line| line.kind != LineKind::Added);
        let before = hunk.old_start - u32::from(spans);
        if before > MOST_LINES || (ended.0 || ended.1) {
            return None;
        }
        while lines < before {
            text.extend_from_slice(b"filler\n");
            lines += 1;
        }
        for line in &hunk.lines {
            let (old, new) = (line.kind != LineKind::Added, line.kind != LineKind::Removed);
            if (old && ended.0) || (new && ended.1) || line.text.contains(&b'\n') {
                return None;
            }
            if old {
                lines += 1;
                text.extend_from_slice(line.text);
                text.extend_from_slice(if line.newline { b"\n" } else { b"" });
            }
            // Nothing at all is no line.
            if !line.newline && line.text.is_empty() {
                return None;
            }
            ended.0 |= old && !line.newline;
            ended.1 |= new && !line.newline;
        }
    }
    if !ended.0 && !ended.1 {
        text.extend_from_slice(b"behind\n");
    }
    Some(text)
}

/// Our own hunks between two texts, written as a diff, are read as the same hunks and lead from one text to the other.
fn between(old: &[u8], new: &[u8]) {
    let hunks = hunks_between(old, new);
    assert_in_order(&hunks);
    assert_pairs_are_alike(&LineMap::new(&hunks), old, new);
    let diff = written(&hunks, &lines(old), &lines(new));
    if hunks.is_empty() {
        assert_eq!(old, new);
        return;
    }
    let files = parse_diff(&diff).expect("it is a diff");
    let [file] = &files[..] else { panic!("one file, not {}", files.len()) };
    let read: Vec<Hunk> = file.hunks.iter().map(TextHunk::hunk).collect();
    assert_eq!(read, hunks);
    assert_eq!(file.apply(old).expect("it is a diff of this text"), new);
    assert_eq!(file.reverse(new).expect("and of this"), old);
}

/// Lines that the map pairs hold the same.
fn assert_pairs_are_alike(map: &LineMap, old: &[u8], new: &[u8]) {
    let (old, new) = (lines(old), lines(new));
    for (at, line) in (1..).zip(&new) {
        if let Some(partner) = map.old_line(at) {
            assert_eq!(old.get(partner as usize - 1), Some(line), "old {partner}, new {at}");
            assert_eq!(map.new_line(partner), Some(at));
        }
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn written(hunks: &[Hunk], old: &[&[u8]], new: &[&[u8]]) -> Vec<u8> {
    let mut diff = b"--- a/a.py\n+++ b/a.py\n".to_vec();
    for hunk in hunks {
        let (old_len, new_len) = (hunk.old_len(), hunk.new_len());
        let header = format!("@@ -{},{old_len} +{},{new_len} @@\n", hunk.old_start, hunk.new_start);
        diff.extend_from_slice(header.as_bytes());
        for line in hunk.numbered() {
            let (sign, text) = match line.kind {
                LineKind::Context => (b' ', old[line.old as usize - 1]),
                LineKind::Removed => (b'-', old[line.old as usize - 1]),
                LineKind::Added => (b'+', new[line.new as usize - 1]),
            };
            diff.push(sign);
            diff.extend_from_slice(text);
            if !text.ends_with(b"\n") {
                diff.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
    }
    diff
}
