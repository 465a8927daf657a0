"""What the administrator allows, for launches from a kernel."""

from __future__ import annotations

from ..aws.session import AwsSession
from ..estimators.check import valid_spec
from ..estimators.defaults import layers_of
from ..estimators.launch import require_affordable
from ..estimators.models import Spec as JobSpec
from ..estimators.profile import profile_of
from ..server.prices import prices
from ..studio.admin_policy import Guard, find
from .spec import Spec


def guard_of(aws: AwsSession) -> Guard:
    """The administrator's policy, read once for a session, and put before all its calls.

    A kernel finds the policy that its environment or the Studio domain names; the server's own settings it cannot see.
    Permissions: those of :func:`~jupyter_smext.studio.admin_policy.find`.
    """
    held = aws.guard
    if isinstance(held, Guard):
        return held
    guard = Guard(find(aws, None))
    aws.guard = guard
    if guard.policy.execution_role.default:
        aws.prefer_execution_role(guard.policy.execution_role.default)
    return guard


def allowed(spec: Spec) -> JobSpec:
    """The valid spec of a launch that the administrator allows, as far as that is known before the request is made.

    Raises `InvalidRequest` where it is not valid, `AccessDenied` where launches are refused, or cost more than the cap.
    """
    guard = guard_of(spec.aws)
    guard.require_route("execute", "jupyter_smext:estimators")
    valid = valid_spec(spec.spec, profile_of(spec.aws), layers_of(spec.aws))
    if guard.state.max_launch_usd is not None:
        require_affordable(valid, spec.aws.region, prices(), guard.state.max_launch_usd)
    return valid
