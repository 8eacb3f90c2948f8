//! Running other programs: each is shown before it runs, and named when it fails.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A program by its name, in the project's folder, without the traces of the `cargo run` around us.
pub fn command(program: impl AsRef<Path>) -> Command {
    let program = program.as_ref();
    // Windows finds npm and npx only by their full names, and cargo must stay rustup's proxy.
    let program = match program.to_str() {
        Some("npm") if cfg!(windows) => Path::new("npm.cmd"),
        _ => program,
    };
    let mut command = Command::new(program);
    command.current_dir(crate::project::root());
    for (name, _) in std::env::vars() {
        let of_this_package = ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.starts_with(prefix));
        if of_this_package || name == "CARGO" || name == "LD_LIBRARY_PATH" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end with its output on ours.
pub fn run(command: &mut Command) -> Result<()> {
    eprintln!("+ {}", shortened(line(command)));
    let status = command.status().map_err(|source| not_started(command, source))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { command: line(command), status }) }
}

/// Runs in our place where the system can do that, so that whoever ends us ends it.
pub fn become_it(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        eprintln!("+ {}", shortened(line(command)));
        let source = command.exec();
        Err(not_started(command, source))
    }
    #[cfg(not(unix))]
    run(command)
}

/// Runs to the end, but no longer than `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    eprintln!("+ {}", shortened(line(command)));
    let mut child = command.spawn().map_err(|source| not_started(command, source))?;
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait().map_err(|source| not_started(command, source))? {
            return if status.success() {
                Ok(())
            } else {
                Err(Error::Failed { command: line(command), status })
            };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    stop(&mut child);
    Err(Error::TimedOut { command: line(command), seconds: limit.as_secs() })
}

/// What the program prints on its standard output.
pub fn capture(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().map_err(|source| not_started(command, source))?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).trim().to_owned())
    } else {
        eprint!("{}", String::from_utf8_lossy(&stderr));
        Err(Error::Failed { command: line(command), status })
    }
}

/// The version a tool tells of itself; `None` where it is not installed or does not work.
pub fn version(program: impl AsRef<Path>, argument: &str) -> Option<String> {
    let output = command(program).arg(argument).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command with root's rights: as it is for root, else through sudo.
pub fn as_root(program: &str) -> Result<Command> {
    if capture(command("id").arg("-u"))? == "0" {
        return Ok(command(program));
    }
    if find("sudo").is_none() {
        return Err(Error::Missing {
            what: "sudo".into(),
            remedy: format!("`{program}` needs root's rights: run `cargo xtask setup` once as root."),
        });
    }
    let mut sudo = command("sudo");
    // Without a terminal nobody could type a password, and sudo would wait for ever.
    if !std::io::stdin().is_terminal() {
        sudo.arg("-n");
    }
    sudo.arg(program);
    Ok(sudo)
}

/// Where a program is on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    find_in(program, &std::env::var_os("PATH")?)
}

/// Where a program is in a list of folders, by the name that programs have on this system.
pub fn find_in(program: &str, folders: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(folders)
        .map(|folder| folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// A command as one would type it.
pub fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.into_owned() }
    }));
    words.join(" ")
}

/// A list of a hundred files tells no more than its beginning.
fn shortened(line: String) -> String {
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}

fn stop(child: &mut Child) {
    // It may have ended meanwhile; then there is nothing to stop.
    let _ = child.kill();
    let _ = child.wait();
}

fn not_started(command: &Command, source: std::io::Error) -> Error {
    let advice = "Is it installed, and on the PATH? `cargo xtask setup` installs what it can.";
    Error::Start { command: line(command), source, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("cargo");
        command.args(["test", "a name"]);
        assert_eq!(line(&command), "cargo test 'a name'");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut command("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("`no-such-program-here`") && error.contains("cargo xtask setup"), "{error}");
    }

    #[test]
    fn a_program_is_found_by_its_systems_name() {
        let folder = std::env::temp_dir().join(format!("fovea-find-{}", std::process::id()));
        let program = folder.join(format!("chromedriver{}", std::env::consts::EXE_SUFFIX));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&program, "").unwrap();
        let folders = std::env::join_paths([Path::new("no-such-folder"), &folder]).unwrap();
        let found = [find_in("chromedriver", &folders), find_in("geckodriver", &folders)];
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [Some(program), None]);
    }

    #[cfg(unix)]
    #[test]
    fn a_slow_program_is_stopped() {
        let start = Instant::now();
        let result = run_within(command("sleep").arg("20"), Duration::from_millis(300));
        assert!(matches!(result, Err(Error::TimedOut { .. })));
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
