"""`tenure dictionary`: prints the data dictionary from the contracts."""

from __future__ import annotations

from pathlib import Path

import click

from tenure.errors import Exit


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of printing.")
@click.option("--check", is_flag=True, help="Only say whether OUTPUT is up to date (exit code 3 when not).")
def command(output: Path | None, check: bool) -> None:
    """The data dictionary, generated from the contracts: every table and column, in Chinese and English.

    \b
    Examples:
      tenure dictionary | less
      tenure dictionary --output docs/data-dictionary.md
      tenure dictionary --output docs/data-dictionary.md --check
    """
    from tenure.contracts.dictionary import markdown

    text = markdown()
    if output is None:
        click.echo(text, nl=False)
    elif check:
        if not output.exists() or output.read_text(encoding="utf-8") != text:
            click.secho(f"✗ {output} does not match the contracts.", err=True, fg="red")
            click.echo(f"  → Run `tenure dictionary --output {output}`.", err=True)
            raise SystemExit(Exit.INPUT)
        click.echo(f"✓ {output} matches the contracts.")
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"✓ {output}")
