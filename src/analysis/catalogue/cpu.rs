//! Work for the processor: password hashing, compression, images, arrays and data frames.

use crate::python::library::*;

const CPU: Fact = blocking(Blocks::Cpu);

pub(super) const FACTS: &[(&str, Fact)] = facts! {
    "bcrypt" { hashpw checkpw kdf: CPU; gensalt: function(); }
    "argon2" { PasswordHasher: class(); }
    "argon2.PasswordHasher" { hash verify: CPU; }
    "passlib.context" { CryptContext: class(); }
    "passlib.context.CryptContext" { hash verify verify_and_update: CPU; }
    "PIL.Image" { open: function().gives("PIL.Image.Image"); Image: class(); }
    "PIL.Image.Image" { resize thumbnail convert rotate filter save load transform: CPU; }
    "pandas" { read_csv read_excel read_parquet read_json read_sql: CPU; DataFrame: class(); }
    "pandas.DataFrame" { to_csv to_excel to_parquet to_sql: CPU; }
    "numpy" { load save savez loadtxt savetxt: CPU; }
    "tqdm" { tqdm trange: function(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[];
