"""The manifest of a run: the digest of everything that went in and came out, enough to replay it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from darvoza import __version__
from darvoza.cli.output import file_digest
from darvoza.domain.profile import ProfileSet
from darvoza.domain.wording_ru import render_ru
from darvoza.errors import OutputError

MANIFEST = "manifest.json"


def profiles_told(profiles: ProfileSet) -> list[dict[str, object]]:
    """Tell the profiles as they were, so that a decision can be explained without them."""
    return [
        {
            "code": profile.code,
            "title": profile.title,
            "agency": profile.agency.value,
            "risk_area": profile.risk_area.value,
            "when": profile.sentence,
            "when_ru": render_ru(profile.condition),
            "act": profile.treatment.act.value,
            "share": str(profile.treatment.share),
            "legal_basis": profile.legal_basis,
            "rationale": profile.rationale,
            "instructions": dict(profile.instructions),
            "digest": profile.digest,
        }
        for profile in profiles
    ]


def file_entries(paths: Iterable[Path]) -> list[dict[str, object]]:
    """Tell name, size and digest of files."""
    return [{"name": path.name, "bytes": path.stat().st_size, "sha256": file_digest(path)} for path in paths]


def write_manifest(directory: Path, content: Mapping[str, object]) -> None:
    """Write the manifest beside the files it speaks of; their digests go in."""
    outputs = file_entries(sorted(path for path in directory.iterdir() if path.name != MANIFEST))
    whole = {"darvoza": __version__, **content, "outputs": outputs}
    text = json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True)
    (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(directory: Path) -> dict[str, object]:
    """Read the manifest of a run back.

    Raises
    ------
    OutputError
        If the directory does not hold a run.
    """
    path = directory / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise OutputError(
            field="in", expected=f"a directory that `darvoza assess` wrote, with {MANIFEST}", got=str(directory)
        ) from problem
    if not isinstance(content, dict) or "outputs" not in content:
        raise OutputError(field=str(path), expected="the manifest of a run", got=content)
    return content


def changed_outputs(directory: Path, manifest: Mapping[str, object]) -> list[str]:
    """Name the files of a run that are missing or differ from the manifest."""
    outputs = manifest["outputs"]
    if not isinstance(outputs, list):
        raise OutputError(field="manifest.outputs", expected="a list of files", got=outputs)
    return [
        entry["name"]
        for entry in outputs
        if not (directory / entry["name"]).is_file() or file_digest(directory / entry["name"]) != entry["sha256"]
    ]
