"""`signposts schema`: the JSON schemas that help an editor, printed or written beside the catalogue.

Belongs here: printing and writing. Not here: how a schema is made (catalogue/json_schema.py).
"""

import typer

from signposts.catalogue.json_schema import all_schemas, write_schemas
from signposts.errors import InputError
from signposts.settings import load_settings


def show_schemas(name: str, write: bool) -> None:
    """Print one schema, or the names of all; with write, put all into the catalogue's folder for them."""
    if write:
        root = load_settings().catalogue_root
        changed = write_schemas(root)
        typer.echo(f"{len(changed)} schemas written under {root}")
        return
    schemas = all_schemas()
    if not name:
        typer.echo("\n".join(schemas))
        return
    schema = next((text for file, text in schemas.items() if name in (file, file.split(".")[0])), None)
    if schema is None:
        raise InputError(f"no schema {name!r}; there are {', '.join(file.split('.')[0] for file in schemas)}")
    typer.echo(schema, nl=False)
