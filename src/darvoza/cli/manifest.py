"""The manifest of a run: the digest of everything that went in and came out, enough to replay it."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from darvoza import __version__
from darvoza.cli.output import file_digest
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet
from darvoza.domain.wording_ru import render_ru
from darvoza.errors import OutputError
from darvoza.json_text import read_json

MANIFEST = "manifest.json"


def profiles_told(profiles: ProfileSet) -> list[dict[str, object]]:
    """Tell the profiles as they were, so that a decision can be explained without them."""
    return [
        {
            "code": profile.code,
            "title": profile.title,
            "agency": profile.agency.value,
            "risk_area": profile.risk_area.value,
            "risk_register": profile.risk_register,
            "when": profile.sentence,
            "when_ru": render_ru(profile.condition),
            "unknown": profile.unknown.value,
            "act": profile.treatment.act.value,
            "share": str(profile.treatment.share),
            "floor": profile.floor.value,
            "valid_from": profile.valid.start and profile.valid.start.isoformat(),
            "valid_to": profile.valid.end and profile.valid.end.isoformat(),
            "review_by": profile.review_by and profile.review_by.isoformat(),
            "legal_basis": profile.legal_basis,
            "rationale": profile.rationale,
            "justification": profile.justification,
            "owner": profile.owner,
            "author": profile.author,
            "approver": profile.approver,
            "visibility": profile.visibility.value,
            "instructions": dict(profile.instructions),
            "digest": profile.digest,
        }
        for profile in profiles
    ]


def lists_told(profiles: ProfileSet, day: date) -> list[dict[str, object]]:
    """Tell the named lists in use, and which of them their source no longer vouches for on a day."""
    expired = profiles.expired_lists(day)
    return [
        {
            "name": named.name,
            "version": named.version,
            "digest": named.digest,
            "codes": len(named.values),
            "source": named.source,
            "dated": named.dated and named.dated.isoformat(),
            "expires": named.expires and named.expires.isoformat(),
            "expired": named in expired,
        }
        for named in profiles.lists
    ]


def expiry_warnings(profiles: ProfileSet, day: date) -> list[str]:
    """Say which lists in use have expired on a day; they stay in use as they are."""
    return [
        f"EXPIRED LIST: {named.name} ({len(named.values):,} codes) expired on {named.expires}; it stays in use as it is "
        f"in {', '.join(_users(profiles, named))}. Ask its source for a new one: {' '.join(named.source.split())}"
        for named in profiles.expired_lists(day)
    ]


def _users(profiles: ProfileSet, named: NamedList) -> list[str]:
    """Name the profiles that speak of a list."""
    return [profile.code for profile in profiles if named in ProfileSet((profile,)).lists]


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
        content = read_json(path.read_text(encoding="utf-8"))
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
