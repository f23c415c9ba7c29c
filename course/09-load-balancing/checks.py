"""The checks of lab 09: a rule and a service, health check arithmetic, draining, a name over HTTPS, a diagnosis."""

from __future__ import annotations

from ecsim.decide.load_balancing import routing
from ecsim.decide.load_balancing.routing import Asked, FixedResponse, Forward, Redirect
from ecslab.lab.checks import Evidence, Finding, check, passed, seen
from ecslab.lab.history import healthy_targets, highest, requests, rollouts, status_of

CLUSTER, DESIRED, PORT = "shop", 2, 8080
SPARE_S = 20
REQUESTS_MIN = 5
GONE = 410
CAUSES = {
    "Target.ResponseCodeMismatch": "path",
    "Target.FailedHealthChecks": "port",
    "Target.Timeout": "security group",
}


def _balancer(evidence, name):
    return next((each for each in evidence.picture.balancers if each.name == name), None)


def _outcome(evidence, balancer, path, *, port=80, host="shop.example.com", query=""):
    """What a listener does with a request: an outcome of `routing`, or None without a listener."""
    found = _balancer(evidence, balancer)
    listener = next((each for each in found.listeners if each.port == port), None) if found else None
    if listener is None:
        return None
    asked = Asked(path=path, host=host, query=query, port=port, protocol=listener.protocol)
    rule = routing.meet(listener, asked)
    return routing.act(rule.actions if rule else (), asked, nth=0)


def _group(outcome):
    """The name of the target group that a request goes to, or what else becomes of it."""
    if isinstance(outcome, Forward):
        return outcome.target_group_arn.split("/")[1]
    if isinstance(outcome, Redirect):
        return f"a redirect to {outcome.location}"
    if isinstance(outcome, FixedResponse):
        return f"a fixed response {outcome.status}"
    return "nowhere"


def _found(evidence, name):
    """A target group by its name, as DescribeTargetGroups has it, or None."""
    every = evidence.client("elbv2").describe_target_groups()["TargetGroups"]
    return next((each for each in every if each["TargetGroupName"] == name), None)


def _service(evidence, name):
    found = evidence.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"]
    return found[0] if found and found[0]["status"] == "ACTIVE" else None


def _healthy(evidence, group):
    return highest(healthy_targets(evidence, group, evidence.now_ms, evidence.now_ms)).count


def _trouble(evidence, group_arn):
    """The state and reason of a target that is not healthy: of one that has failed its checks, if there is one."""
    health = evidence.client("elbv2").describe_target_health(TargetGroupArn=group_arn)
    states = [each["TargetHealth"] for each in health["TargetHealthDescriptions"]]
    sick = [state for state in states if state["State"] != "healthy"]
    sick.sort(key=lambda state: state["State"] != "unhealthy")
    return f"{sick[0]['State']} ({sick[0].get('Reason', '-')})" if sick else "no target"


def _timed_out(evidence, group):
    """Whether targets of a group failed their health checks without an answer, and none ever got well."""
    states = [e.fields for e in evidence.entries("target.state") if e.subject.startswith(f"{group}/")]
    return any(one["reason"] == "Target.Timeout" for one in states) and not any(
        one["state"] == "healthy" for one in states
    )


# Task 1


@check("1.1", points=2)
def rule_for_the_api(evidence: Evidence) -> Finding:
    """/api and /api/... go to the target group api, everything else to web."""
    group = _found(evidence, "api")
    if group is None:
        return seen("no-group")
    if group.get("TargetType") != "ip":
        return seen("target-type", have=group.get("TargetType"))
    goes = {
        path: _group(_outcome(evidence, "shop", path))
        for path in ("/api", "/api/orders", "/api/", "/apiary", "/")
    }
    below, itself = goes["/api/orders"], goes["/api"]
    if below != "api":
        return seen("only-itself" if itself == "api" else "no-rule", have=below)
    if itself != "api":
        return seen("only-below", have=itself)
    if goes["/apiary"] != "web":
        return seen("bees", have=goes["/apiary"])
    if goes["/"] != "web" or goes["/api/"] != "api":
        return seen("too-wide" if goes["/"] != "web" else "no-rule", have=goes["/"])
    return passed(itself=itself, below=below, bees=goes["/apiary"])


@check("1.2", points=2)
def service_of_the_api(evidence: Evidence) -> Finding:
    """Two healthy tasks of api behind the rule."""
    service = _service(evidence, "api")
    if service is None:
        return seen("no-service")
    if not service["loadBalancers"]:
        return seen("no-load-balancer")
    wanted = _found(evidence, "api")
    behind = service["loadBalancers"][0].get("targetGroupArn", "")
    if wanted is None or behind != wanted["TargetGroupArn"]:
        return seen("other-group", have=behind.split("/")[1] if "/" in behind else behind)
    if service["desiredCount"] != DESIRED:
        return seen("desired", have=service["desiredCount"])
    healthy = _healthy(evidence, "api")
    if healthy != DESIRED or service["runningCount"] != DESIRED:
        trouble = _trouble(evidence, behind)
        if _timed_out(evidence, "api"):
            return seen("shut-out", state=trouble, groups=_security_groups(service))
        return seen("not-yet", running=service["runningCount"], healthy=healthy, state=trouble)
    return passed(healthy=healthy, port=PORT)


def _security_groups(service):
    network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return network.get("securityGroups", [])


# Task 2


@check("2.1", points=4)
def noticed_in_time(evidence: Evidence) -> Finding:
    """A hung task of web is noticed within the limit, and the learner knows why."""
    group = _found(evidence, "web")
    if group is None:
        return seen("gone")
    interval, timeout = group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]
    failures, limit = group["UnhealthyThresholdCount"], evidence.given["limit_s"]
    longest = interval * failures + timeout
    about = {
        "interval": interval,
        "timeout": timeout,
        "failures": failures,
        "longest": longest,
        "limit": limit,
    }
    changes = [
        call
        for call in evidence.called("ModifyTargetGroup")
        if call.params.get("TargetGroupArn") == group["TargetGroupArn"]
    ]
    if not changes:
        return seen("unchanged", **about)
    if longest > limit:
        return seen("too-late", **about)
    wrong = _wrong_arithmetic(evidence.answer, about)
    return wrong or _hung(evidence, changes[-1].at_ms, about)


def _wrong_arithmetic(answer, about):
    """What is wrong with the time that was handed over, or None."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return seen("no-number", have=answer)
    if answer == about["longest"]:
        return None
    if answer == about["interval"] * about["failures"]:
        return seen("without-timeout", have=answer, **about)
    if answer == about["interval"] * (about["failures"] - 1) + about["timeout"]:
        return seen("right-after-a-check", have=answer, **about)
    return seen("seconds", have=answer, **about)


def _hung(evidence, since_ms, about):
    """Whether a task of web hung after the change, and was noticed."""
    tasks = {task.id for task in evidence.picture.tasks if task.group == "service:web"}
    hangs = [
        entry
        for entry in evidence.entries("fault", start_ms=since_ms)
        if entry.subject == "hang" and entry.fields.get("on") and entry.fields.get("match") in tasks
    ]
    if not hangs:
        return seen("nobody-hung")
    task, at = hangs[-1].fields["match"], hangs[-1].at_ms
    noticed = next(
        (e.at_ms for e in evidence.entries("target.state", start_ms=at, task=task, state="unhealthy")), None
    )
    if noticed is None:
        return seen("not-noticed", now=evidence.now_ms, at=at)
    return passed(**about, took=(noticed - at + 999) // 1_000)


# Task 3


@check("3.1", points=4)
def no_report_is_cut_off(evidence: Evidence) -> Finding:
    """The delay fits the reports, and a deployment under traffic failed no request."""
    group = _found(evidence, "api")
    if group is None:
        return seen("gone")
    listed = evidence.client("elbv2").describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])
    attributes = {each["Key"]: each["Value"] for each in listed["Attributes"]}
    delay, report = int(attributes["deregistration_delay.timeout_seconds"]), evidence.given["report_s"]
    about = {"delay": delay, "report": report, "most": report + SPARE_S}
    if delay < report:
        return seen("cuts", **about)
    if delay > report + SPARE_S:
        return seen("the-default" if delay == 300 else "too-long", **about)
    since = max((call.at_ms for call in evidence.called("ModifyTargetGroupAttributes")), default=0)
    moves = [each for each in rollouts(evidence, f"{CLUSTER}/api") if each.task_definition == "api:2"]
    if not moves:
        return seen("old-revision")
    later = [each for each in moves[1:] if each.start_ms >= since]
    if not later:
        return seen("not-again")
    last = later[-1]
    if last.end_ms is None or last.state != "COMPLETED":
        return seen("not-yet", now=evidence.now_ms, state=last.state)
    found = requests(evidence, last.start_ms, last.end_ms)
    if found.sent < REQUESTS_MIN or found.slowest_ms < report * 1_000:
        return seen("nobody-came", sent=found.sent, **about)
    if found.failed:
        first = found.failed[0]
        return seen("failed", count=len(found.failed), at=first.at_ms, status=status_of(first) or "-")
    return passed(sent=found.sent, seconds=(last.end_ms - last.start_ms) // 1_000, **about)


# Task 4


@check("4.1", points=3)
def served_over_https(evidence: Evidence) -> Finding:
    """The shop's name is served over HTTPS, the api too."""
    balancer, domain = _balancer(evidence, "shop"), evidence.given["domain"]
    if balancer is None:
        return seen("gone")
    listener = next((each for each in balancer.listeners if each.protocol == "HTTPS"), None)
    if listener is None:
        return seen("no-https", ports=[each.port for each in balancer.listeners])
    if listener.port != 443:
        return seen("other-port", have=listener.port)
    names = _certified(evidence, listener)
    if not any(routing.covers(name, domain) for name in names):
        return seen("certificate", names=names, domain=domain)
    if not _is_open(evidence, balancer.security_groups, 443):
        return seen("closed")
    wrong = _wrong_record(evidence, balancer, domain)
    if wrong is not None:
        return wrong
    goes = {
        path: _group(_outcome(evidence, "shop", path, port=443, host=domain)) for path in ("/", "/api/orders")
    }
    if goes["/api/orders"] != "api":
        return seen("rules-left-behind", have=goes["/api/orders"])
    if goes["/"] != "web":
        return seen("storefront", have=goes["/"])
    answered = [
        e for e in evidence.entries("http", status=200) if e.subject.startswith(f"GET https://{domain}/")
    ]
    if not answered:
        return seen("nobody-tried", domain=domain)
    return passed(domain=domain, names=names)


def _wrong_record(evidence, balancer, domain):
    """What is wrong with the records of the shop's name, or None."""
    if balancer.dns_name.lower() not in _aliases(evidence, domain):
        return seen("no-record", domain=domain)
    zone, wanted = _alias_zone(evidence, domain), _canonical_zone(evidence)
    return seen("alias-zone", have=zone, wanted=wanted) if zone not in (None, wanted) else None


def _certified(evidence, listener):
    found = []
    for arn in listener.certificates:
        certificate = evidence.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        found += [certificate["DomainName"], *sorted(certificate.get("SubjectAlternativeNames", ()))]
    return list(dict.fromkeys(found))


def _permissions(evidence, groups, port):
    """The ingress permissions of security groups that are open at a port."""
    found = evidence.client("ec2").describe_security_groups(GroupIds=list(groups))["SecurityGroups"]
    return [
        one
        for group in found
        for one in group["IpPermissions"]
        if one["IpProtocol"] == "-1"
        or (one["IpProtocol"] == "tcp" and one["FromPort"] <= port <= one["ToPort"])
    ]


def _is_open(evidence, groups, port):
    """Whether everybody may come in at a port."""
    ranges = [each["CidrIp"] for one in _permissions(evidence, groups, port) for each in one["IpRanges"]]
    return "0.0.0.0/0" in ranges


def _canonical_zone(evidence):
    """The hosted zone in which the load balancer's own name lies."""
    found = evidence.client("elbv2").describe_load_balancers(Names=["shop"])["LoadBalancers"]
    return found[0]["CanonicalHostedZoneId"]


def _alias_zone(evidence, domain):
    """The zone that the alias of a name says its target lies in; None without an alias."""
    aliases = [one["AliasTarget"] for one in _records(evidence, domain) if "AliasTarget" in one]
    return aliases[0]["HostedZoneId"] if aliases else None


def _records(evidence, domain):
    pages = evidence.client("route53").list_resource_record_sets(HostedZoneId=evidence.given["zone_id"])
    return [one for one in pages["ResourceRecordSets"] if one["Name"].rstrip(".").lower() == domain]


def _aliases(evidence, domain):
    """Where the records of a name lead."""
    records = _records(evidence, domain)
    plain = [value["Value"] for one in records for value in one.get("ResourceRecords", ())]
    targets = [one["AliasTarget"]["DNSName"] for one in records if "AliasTarget" in one]
    return [name.lower().rstrip(".").removeprefix("dualstack.") for name in (*plain, *targets)]


@check("4.2", points=2)
def sent_to_https(evidence: Evidence) -> Finding:
    """Plain HTTP leads to the same address over HTTPS, for good."""
    domain = evidence.given["domain"]
    if _outcome(evidence, "shop", "/", port=443, host=domain) is None:
        return seen("no-https")
    for path in ("/cart", "/api/orders", "/api"):
        outcome = _outcome(evidence, "shop", path, host=domain, query="item=tea")
        if not isinstance(outcome, Redirect):
            return seen(
                "api-in-the-clear" if path != "/cart" else "not-sent", path=path, have=_group(outcome)
            )
        wanted = f"https://{domain}:443{path}?item=tea"
        if outcome.location.startswith("http:"):
            return seen("in-circles", location=outcome.location)
        if outcome.location not in (wanted, wanted.replace(":443", "")):
            return seen("other-address", location=outcome.location, wanted=wanted)
        if outcome.status != 301:
            return seen("for-now", have=outcome.status)
    return passed(domain=domain)


# Task 5


@check("5.1", points=1)
def diagnosis(evidence: Evidence) -> Finding:
    """What partners get, and what keeps the targets of reviews from getting healthy."""
    answer = evidence.answer
    if not isinstance(answer, dict) or set(answer) != {"answers", "wrong"}:
        return seen("no-answer", answer=answer)
    reason = next(
        str(entry.fields["reason"])
        for entry in evidence.entries("target.state", state="unhealthy")
        if entry.subject.startswith("reviews/")
    )
    if str(answer["answers"]) != str(GONE):
        return seen(
            "by-the-targets" if str(answer["answers"]) in ("502", "503", "504") else "status",
            have=answer["answers"],
        )
    have = str(answer["wrong"]).strip().lower()
    if have not in CAUSES.values():
        return seen("not-one-of-three", have=answer["wrong"])
    if have != CAUSES[reason]:
        return seen("cause", have=have, reason=reason)
    return passed(wrong=have, reason=reason)


@check("5.2", points=2)
def reviews_are_back(evidence: Evidence) -> Finding:
    """reviews/1 is answered by reviews, the raffle is still over, and only the load balancer gets in."""
    service, group = _service(evidence, "reviews"), _found(evidence, "reviews")
    if service is None or group is None or service["desiredCount"] < DESIRED:
        return seen("gone")
    goes = _group(_outcome(evidence, "partners", "/reviews/1"))
    if goes != "reviews":
        return seen("hidden" if goes.endswith(str(GONE)) else "elsewhere", have=goes)
    for path in ("/raffle", "/raffle/2025"):
        outcome = _outcome(evidence, "partners", path)
        if not isinstance(outcome, FixedResponse) or outcome.status != GONE:
            return seen("raffle", path=path, have=_group(outcome))
    if _takes(group, 404):
        return seen("anything-goes", matcher=group["Matcher"]["HttpCode"])
    groups = _security_groups(service)
    strangers = [each["CidrIp"] for one in _permissions(evidence, groups, PORT) for each in one["IpRanges"]]
    if strangers:
        return seen("open-to-strangers", ranges=strangers)
    healthy = _healthy(evidence, "reviews")
    if healthy < DESIRED:
        return seen("not-healthy", healthy=healthy, state=_trouble(evidence, group["TargetGroupArn"]))
    return passed(healthy=healthy, path=group["HealthCheckPath"], port=group["HealthCheckPort"])


def _takes(group, status):
    """Whether a health check takes a status for a success."""
    from ecsim.decide.load_balancing.target_health import matches

    return matches(status, group["Matcher"]["HttpCode"])
