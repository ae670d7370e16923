//! The commands of a block of shell, as far as documentation uses the language.

/// One command: its words, quotes taken off.
pub type Command = Vec<String>;

/// What a block of code runs. In a block `console` commands stand behind `$ `, and what they print below.
pub fn commands(info: &str, code: &str) -> Vec<Command> {
    match info.split_whitespace().next() {
        Some("console") => {
            let mut lines = code.lines();
            let mut script = String::new();
            while let Some(line) = lines.next() {
                let Some(mut line) = line.strip_prefix("$ ") else { continue };
                while line.ends_with('\\') {
                    script.push_str(line);
                    script.push('\n');
                    line = lines.next().unwrap_or_default();
                }
                script.push_str(line);
                script.push('\n');
            }
            split(&script)
        }
        Some("sh" | "bash") => split(code),
        _ => Vec::new(),
    }
}

/// Splits at operators; redirections and comments are left out.
fn split(script: &str) -> Vec<Command> {
    let mut all = vec![Command::new()];
    let mut word: Option<String> = None;
    let mut redirected = false;
    let mut chars = script.replace("\\\n", " ").chars().collect::<Vec<_>>().into_iter().peekable();
    loop {
        let next = chars.next();
        let ends = next.is_none_or(|c| c.is_whitespace() || "|&;<>".contains(c));
        if ends && let Some(word) = word.take() {
            // What stands behind `<` or `>` is a file; `2` before it is what is redirected.
            let number = next.is_some_and(|c| "<>".contains(c)) && word.parse::<u8>().is_ok();
            if !redirected && !number {
                all.last_mut().expect("there is one").push(word);
            }
            redirected = false;
        }
        match next {
            None => break,
            Some('#') if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            Some('\n' | '|' | '&' | ';') if !redirected => all.push(Command::new()),
            Some('<' | '>') => redirected = true,
            Some(_) if ends => {}
            Some(quote @ ('"' | '\'')) => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|c| *c != quote));
            }
            Some('$') if chars.peek() == Some(&'(') => {
                let mut depth = 0;
                let inner = chars.by_ref().take_while(|c| {
                    depth += i32::from(*c == '(') - i32::from(*c == ')');
                    depth > 0
                });
                word.get_or_insert_default().extend(inner);
            }
            Some(c) => word.get_or_insert_default().push(c),
        }
    }
    all.retain(|command| !command.is_empty());
    all
}

/// What follows the name of the program, if the command runs it: with variables set before it, or through another program.
pub fn arguments(command: &[String]) -> Option<&[String]> {
    let is_setting =
        |word: &&String| word.split_once('=').is_some_and(|(name, _)| !name.starts_with('-'));
    let settings = command.iter().take_while(is_setting).count();
    let command = &command[settings..];
    let is = |at: usize, word: &str| command.get(at).is_some_and(|it| it == word);
    if is(0, "cargo") && is(1, "run") {
        let dashes = command.iter().position(|word| word == "--")?;
        return Some(&command[dashes + 1..]);
    }
    let through = command.iter().position(|word| word == "--").map_or(0, |at| at + 1);
    let through = if is(0, "sudo") || is(0, "exec") { 1 } else { through };
    [0, through].into_iter().find(|at| is(*at, "asyncwarden")).map(|at| &command[at + 1..])
}

#[test]
fn a_script_is_split_into_commands() {
    let script = "# first\nexport A=b # set\nA=\"c d\" asyncwarden serve \\\n  --listen 'x y' 2>log && git diff | asyncwarden review --diff - > out; kill $(cat a | b)\n";
    let split = split(script);
    let shown: Vec<String> = split.iter().map(|words| words.join("+")).collect();
    assert_eq!(
        shown,
        [
            "export+A=b",
            "A=c d+asyncwarden+serve+--listen+x y",
            "git+diff",
            "asyncwarden+review+--diff+-",
            "kill+(cat a | b"
        ]
    );
    let ours: Vec<_> = split.iter().filter_map(|command| arguments(command)).collect();
    assert_eq!(ours, [&["serve", "--listen", "x y"][..], &["review", "--diff", "-"][..]]);
    let console = commands("console", "$ cargo run -- demo \\\n    --once\nasyncwarden is here\n");
    assert_eq!(arguments(&console[0]).unwrap(), ["demo", "--once"]);
    assert_eq!(console.len(), 1);
}
