"""Team templates from folders, git repositories and S3, in the room, over HTTP and in the terminal."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.estimators.defaults import ENVIRONMENT
from jupyter_smext.estimators.models import Template
from jupyter_smext.estimators.template_sources import MOST_FILES, Repository
from jupyter_smext.estimators.templates import NamedSource, list_templates, template_sources, template_text
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.admin_policy import AdminPolicy, AdminPolicyState, Guard

GOOD = """\
# Churn with XGBoost,
# on one machine.
#
# Ask the platform team.
api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: churn
spec:
  algorithm:
    builtin: {name: xgboost, version: 1.7-1}
  input_data_config:
    - {channel_name: train, s3_uri: "s3://${profile.bucket}/churn/", content_type: text/csv}
  compute: {instance_type: ml.m5.large}
"""
BROKEN = GOOD.replace("instance_type", "instance_typ")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "jobs" / "churn.sagemaker.yaml").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    (folder / "jobs").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "README.md").write_text("")
    commit(folder, GOOD)
    git(folder, "tag", "v1")
    return folder


@pytest.fixture
def session(tmp_path: Path) -> Any:
    session = AwsSession(region="us-east-1")
    yield session
    session.close()


def listed(session: AwsSession, cache: Path, source: str, **options: bool) -> list[Template]:
    found = list_templates(session, [NamedSource(source, "user")], cache, **options)
    assert [each.problem for each in found.sources] == [None]
    return found.templates


def test_a_folder_is_listed_with_the_commit_it_is_at(repository: Path, session: AwsSession, tmp_path: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    [template] = listed(session, tmp_path / "cache", str(repository))
    assert (template.name, template.kind, template.version) == ("jobs/churn", "TrainingJob", head)
    assert template.description == "Churn with XGBoost, on one machine."
    assert template.problems == []
    (repository / "jobs" / "broken.sagemaker.yaml").write_text(BROKEN)
    (repository / "jobs" / "torn.sagemaker.yaml").write_text("a: [")
    broken, _, torn = listed(session, tmp_path / "cache", str(repository))
    assert broken.version == f"{head}-dirty"
    [problem] = [each for each in broken.problems if "instance_typ" in each.path]
    assert (problem.suggestion, problem.line) == ("instance_type", 14)
    assert torn.problems


def test_what_a_template_says_of_itself_goes_before_its_comment(session: AwsSession, tmp_path: Path) -> None:
    (tmp_path / "a.sagemaker.yaml").write_text(GOOD.replace("  base_job", "  description: Mine.\n  base_job"))
    (tmp_path / "b.sagemaker.yaml").write_text(GOOD[GOOD.index("api_version") :].replace("spec:", "# Inside.\nspec:"))
    assert [each.description for each in listed(session, tmp_path, str(tmp_path))] == ["Mine.", None]


def test_a_link_out_of_the_folder_is_not_followed(session: AwsSession, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(GOOD)
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "a.sagemaker.yaml").symlink_to(tmp_path / "secret.txt")
    assert listed(session, tmp_path, str(tmp_path / "team")) == []


def test_a_repository_is_read_at_its_reference(repository: Path, session: AwsSession, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    second = commit(repository, GOOD.replace("ml.m5.large", "ml.m5.xlarge"))
    url, cache = f"git+file://{repository}", tmp_path / "cache"
    for source, version in ((f"{url}@v1", first), (f"{url}@{first}", first), (url, second), (f"{url}@main", second)):
        [template] = listed(session, cache, f"{source}#subdirectory=jobs")
        assert (template.name, template.version) == ("churn", version), source
    sources = [NamedSource(f"{url}@v1", "admin")]
    found = template_text(session, sources, f"{url}@v1", "jobs/churn.sagemaker.yaml", cache)
    assert found.text == GOOD


def test_a_repository_is_asked_again_when_told_to(repository: Path, session: AwsSession, tmp_path: Path) -> None:
    source, cache = f"git+file://{repository}@main", tmp_path / "cache"
    [before] = listed(session, cache, source)
    second = commit(repository, BROKEN)
    assert listed(session, cache, source) == [before], "fresh enough"
    [after] = listed(session, cache, source, refresh=True)
    assert (after.version, bool(after.problems)) == (second, True)


def test_a_repository_out_of_reach_is_shown_as_it_was(repository: Path, session: AwsSession, tmp_path: Path) -> None:
    source, cache = f"git+file://{repository}@main", tmp_path / "cache"
    [before] = listed(session, cache, source)
    repository.rename(tmp_path / "gone")
    found = list_templates(session, [NamedSource(source, "user")], cache, refresh=True)
    assert found.templates == [before]
    [note] = found.sources[0].notes
    assert note.startswith("This is how it was when it was last read. The repository could not be fetched")
    other = list_templates(session, [NamedSource(f"{source}2", "user")], cache)
    assert other.sources[0].problem is not None
    assert other.templates == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("templates", "absolute path"),
        ("/nowhere/at/all", "no folder"),
        ("git+https://me:hunter2@host/a.git", "name or password"),
        ("git+ext::sh -c true", "git\\+https"),
        ("git+https://host/a.git@--upload-pack=x", "no source"),
        ("git+https://host/a.git#subdirectory=../..", "no source"),
        ("s3://no-such-bucket-of-templates/x/", "does not exist"),
    ],
)
def test_a_source_that_cannot_be_read_says_why(
    sandbox_session: AwsSession, tmp_path: Path, source: str, words: str
) -> None:
    found = list_templates(sandbox_session, [NamedSource(source, "admin")], tmp_path)
    problem = found.sources[0].problem
    assert problem is not None
    assert re.search(words, f"{problem.message} {problem.hint}"), problem
    assert "hunter2" not in problem.model_dump_json()


def test_a_repository_is_named_as_pip_names_it() -> None:
    parsed = Repository.parse("git+ssh://git@host/team/ml.git@feature/x#subdirectory=a/b/")
    assert parsed == Repository("ssh://git@host/team/ml.git", "feature/x", "a/b")


def test_a_prefix_is_listed_with_its_etags(sandbox_session: AwsSession, tmp_path: Path) -> None:
    s3 = sandbox_session.client("s3")
    s3.create_bucket(Bucket="team-templates")
    etag = s3.put_object(Bucket="team-templates", Key="ml/churn.sagemaker.yaml", Body=GOOD.encode())["ETag"].strip('"')
    s3.put_object(Bucket="team-templates", Key="ml/big.sagemaker.yaml", Body=b"#" * 300_000)
    s3.put_object(Bucket="team-templates", Key="ml/latin.sagemaker.yaml", Body=b"a: \xe9")
    s3.put_object(Bucket="team-templates", Key="ml2/other.sagemaker.yaml", Body=GOOD.encode())
    big, churn, latin = listed(sandbox_session, tmp_path, "s3://team-templates/ml")
    assert (churn.name, churn.version, churn.problems) == ("churn", etag, [])
    assert "larger than 256 KiB" in big.problems[0].message
    assert "UTF-8" in latin.problems[0].message
    source = NamedSource("s3://team-templates/ml", "admin")
    assert template_text(sandbox_session, [source], source.source, churn.path).text == GOOD


def test_a_source_with_too_many_says_so(session: AwsSession, tmp_path: Path) -> None:
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number:03}.sagemaker.yaml").write_text("{}")
    found = list_templates(session, [NamedSource(str(tmp_path), "user")], tmp_path)
    assert len(found.templates) == MOST_FILES
    assert "more than 200" in found.sources[0].notes[0]


def guard(*sources: str) -> Guard:
    policy = AdminPolicy(templates=list(sources))
    return Guard(AdminPolicyState.model_construct(policy=policy, problem=None, source=None))


def test_the_administrator_and_the_user_name_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "defaults.yaml"
    monkeypatch.setenv(ENVIRONMENT, str(file))
    assert template_sources(None) == []
    file.write_text("templates: [/mine, s3://both/x/]\n")
    assert template_sources(guard("s3://both/x/", "/theirs")) == [
        NamedSource("s3://both/x/", "admin"),
        NamedSource("/theirs", "admin"),
        NamedSource("/mine", "user"),
    ]
    file.write_text("templates: /mine\n")
    with pytest.raises(Exception, match="list of texts"):
        template_sources(None)


@pytest.fixture
def mine(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository as the user's own source."""
    (tmp_path / "defaults.yaml").write_text(f"templates: [{repository}]\n")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "defaults.yaml"))
    return repository


async def test_templates_over_http(jp_fetch: Any, sandbox: SandboxInfo, mine: Path) -> None:
    async def call(path: str, body: Any) -> Any:
        answer = await jp_fetch("jupyter-smext", "api", "estimators", path, method="POST", body=json.dumps(body))
        return json.loads(answer.body)

    found = await call("templates", {})
    assert [(each["source"], each["named_by"]) for each in found["sources"]] == [(str(mine), "user")]
    [template] = found["templates"]
    one = await call("template", {"source": template["source"], "path": template["path"]})
    assert one == {"template": template, "text": GOOD}
    for body in ({"source": "/etc", "path": "passwd"}, {"source": str(mine), "path": "../defaults.yaml"}):
        with pytest.raises(HTTPClientError) as caught:
            await call("template", body)
        assert caught.value.code == 404


def test_templates_in_the_terminal(
    mine: Path, sandbox: SandboxInfo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spec", "templates", "list"]) == 0
    assert "jobs/churn" in capsys.readouterr().out
    assert main(["spec", "templates", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["templates"][0]["name"] == "jobs/churn"
    assert main(["spec", "templates", "show", "jobs/churn"]) == 0
    assert capsys.readouterr().out == GOOD
    target = tmp_path / "my.sagemaker.yaml"
    assert main(["spec", "templates", "new", "jobs/churn", str(target)]) == 0
    assert target.read_text() == GOOD
    assert main(["spec", "templates", "new", "jobs/churn", str(target)]) == 1
    assert main(["spec", "templates", "show", "nothing"]) == 1
    assert "templates list" in capsys.readouterr().err


def test_the_terminal_knows_the_administrators_sources(
    repository: Path,
    sandbox: SandboxInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(f"templates: [{repository}, {repository}/jobs, /nowhere/at/all]\n")
    monkeypatch.setenv("JUPYTER_SMEXT_ADMIN_POLICY", str(policy))
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "none.yaml"))
    assert main(["spec", "templates", "list", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in found["templates"]] == ["jobs/churn", "churn"]
    assert found["sources"][2]["problem"]["code"] == "NotFound"
