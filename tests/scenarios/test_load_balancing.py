"""Load balancing as ECS uses it: stories of what customers and targets see.

Facts: ecs-behaviour.md section 8 (8.1 target health, 8.2 rules, 8.3 who answers) and what is named at each test.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from botocore.exceptions import ClientError

from tests.scenarios.story import Story

WEB = "public.ecr.aws/ecslab/web:1.0"


def attributes(story, arn=None, **values):
    listed = [{"Key": key.replace("__", "."), "Value": str(value)} for key, value in values.items()]
    story.elb.modify_target_group_attributes(TargetGroupArn=arn or story.target_group, Attributes=listed)


def ask(story, path="/", **options):
    """One request: (status, body), or (None, curl's words)."""
    plane = story.cloud.dataplane
    url = options.pop("url", story.url.rstrip("/") + path)
    request = plane.request(options.pop("method", "GET"), url, **options)
    story.cloud.until(lambda: plane.result(request) is not None, "5m")
    return plane.take(request)


def balancer_arn(story):
    return story.elb.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]["LoadBalancerArn"]


def listener_arn(story, port=80):
    listeners = story.elb.describe_listeners(LoadBalancerArn=balancer_arn(story))["Listeners"]
    return next(each["ListenerArn"] for each in listeners if each["Port"] == port)


def vpc(story):
    return story.elb.describe_target_groups(TargetGroupArns=[story.target_group])["TargetGroups"][0]["VpcId"]


def group(story, name, *, port=8080, protocol="HTTP", **more):
    given = {"HealthCheckIntervalSeconds": 10, **more}
    if protocol == "HTTP":
        given.setdefault("HealthCheckPath", "/health")
    return story.elb.create_target_group(
        Name=name, Protocol=protocol, Port=port, VpcId=vpc(story), TargetType="ip", **given
    )["TargetGroups"][0]["TargetGroupArn"]


def rule(story, priority, conditions, *actions):
    return story.elb.create_rule(
        ListenerArn=listener_arn(story), Priority=priority, Conditions=conditions, Actions=list(actions)
    )["Rules"][0]["RuleArn"]


def to(arn):
    return {"Type": "forward", "TargetGroupArn": arn}


def path(*patterns):
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}]


def states(story, arn=None):
    answer = story.elb.describe_target_health(TargetGroupArn=arn or story.target_group)
    return Counter(
        (d["TargetHealth"]["State"], d["TargetHealth"].get("Reason"))
        for d in answer["TargetHealthDescriptions"]
    )


def serve(story, name, arn, *, image=WEB, desired=1, **container):
    """One more service, behind a target group of its own."""
    family = story.definition(
        image,
        family=name,
        containers=[{"name": name, "image": image, "portMappings": [{"containerPort": 8080}], **container}],
    )
    story.ecs.create_service(
        cluster="shop",
        serviceName=name,
        taskDefinition=family,
        desiredCount=desired,
        launchType="FARGATE",
        networkConfiguration=story.network(),
        loadBalancers=[{"targetGroupArn": arn, "containerName": name, "containerPort": 8080}],
    )


# Health checks


def test_a_new_target_needs_one_success_and_an_unhealthy_one_as_many_as_the_threshold():
    """8.1: initial to healthy with 1 success; unhealthy after 2 failures; back after 5 successes (the default)."""
    with Story(interval=10) as story:
        story.service(story.definition(), desired=1, healthCheckGracePeriodSeconds=600)
        story.stable()
        story.told()
        story.world.do("fault", {"kind": "fail_health", "value": {"status": 503}})
        story.advance("25s")
        assert states(story) == {("unhealthy", "Target.ResponseCodeMismatch"): 1}
        unhealthy = story.elb.describe_target_health(TargetGroupArn=story.target_group)
        health = unhealthy["TargetHealthDescriptions"][0]["TargetHealth"]
        assert health["Description"] == "Health checks failed with these codes: [503]"
        story.world.do("fault", {"kind": "fail_health", "on": False})
        story.advance("40s")
        assert states(story) == {("unhealthy", "Target.ResponseCodeMismatch"): 1}
        story.advance("15s")
        assert states(story) == {("healthy", None): 1}


def test_a_changed_health_check_is_felt_by_targets_that_were_healthy():
    """Port and path belong to the group and may be changed at any time (botocore elbv2 ModifyTargetGroupInput)."""
    with Story(interval=10) as story:
        story.service(story.definition(), desired=1, healthCheckGracePeriodSeconds=3_600)
        story.stable()
        story.elb.modify_target_group(TargetGroupArn=story.target_group, HealthCheckPort="9090")
        story.advance("25s")
        assert states(story) == {("unhealthy", "Target.FailedHealthChecks"): 1}
        story.elb.modify_target_group(
            TargetGroupArn=story.target_group,
            HealthCheckPort="traffic-port",
            HealthCheckPath="/status/302",
            HealthyThresholdCount=2,
            Matcher={"HttpCode": "200-299,302"},
        )
        story.advance("25s")
        assert states(story) == {("healthy", None): 1}


def test_all_unhealthy_means_all_are_asked():
    """8.1: fail-open. The task is kept alive by a long grace period."""
    with Story() as story:
        story.service(story.definition(), desired=2, healthCheckGracePeriodSeconds=3_600)
        story.stable()
        story.elb.modify_target_group(TargetGroupArn=story.target_group, HealthCheckPath="/status/500")
        story.advance("30s")
        assert story.healthy() == 0
        assert {ask(story).status for _ in range(4)} == {200}


def test_a_group_that_no_rule_forwards_to_checks_nobody():
    """8.1: unused (Target.NotInUse); a service cannot be made with such a group."""
    with Story() as story:
        spare = group(story, "spare")
        with pytest.raises(ClientError, match="does not have an associated load balancer"):
            serve(story, "api", spare)
        arn = rule(story, 10, path("/api/*"), to(spare))
        serve(story, "api", spare)
        story.stable()
        assert states(story, spare) == {("healthy", None): 1}
        story.elb.delete_rule(RuleArn=arn)
        story.advance("15s")
        assert states(story, spare) == {("unused", "Target.NotInUse"): 1}
        rule(story, 10, path("/api/*"), to(spare))
        story.advance("25s")
        assert states(story, spare) == {("healthy", None): 1}


def test_security_groups_stand_between_the_load_balancer_and_the_task():
    """8.3: 504 when nothing connects within 10 s ("security group!"); health checks say Target.Timeout."""
    with Story(interval=10) as story:
        alb = story.ec2.create_security_group(GroupName="alb", Description="alb", VpcId=vpc(story))["GroupId"]
        story.elb.set_security_groups(LoadBalancerArn=balancer_arn(story), SecurityGroups=[alb])
        story.service(story.definition(), desired=1, healthCheckGracePeriodSeconds=3_600)
        story.advance("2m")
        assert states(story) == {("unhealthy", "Target.Timeout"): 1}
        outside = ask(story)
        assert (outside.status, outside.code) == (None, "http.no_answer")
        anywhere = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        story.ec2.authorize_security_group_ingress(GroupId=alb, IpPermissions=[anywhere])
        shut = ask(story)
        assert (shut.status, shut.code, shut.ms) == (504, "http.connect_timeout", 10_000)
        from_alb = {
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
            "UserIdGroupPairs": [{"GroupId": alb}],
        }
        story.ec2.authorize_security_group_ingress(GroupId=story.group, IpPermissions=[from_alb])
        story.advance("1m")
        assert states(story) == {("healthy", None): 1}
        assert ask(story).status == 200
        story.ec2.revoke_security_group_ingress(GroupId=story.group, IpPermissions=[from_alb])
        story.advance("1m")
        assert states(story) == {("unhealthy", "Target.Timeout"): 1}


def test_a_target_deregistered_by_hand_costs_its_task():
    """5.9 of ecs-behaviour.md has the event; that ECS replaces the task is approximate."""
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        story.told()
        known = story.elb.describe_target_health(TargetGroupArn=story.target_group)
        target = known["TargetHealthDescriptions"][0]["Target"]
        story.elb.deregister_targets(
            TargetGroupArn=story.target_group, Targets=[{"Id": target["Id"], "Port": target["Port"]}]
        )
        story.stable()
        events = story.events()
        assert (
            "task set (d1) (task t1) is not healthy in target-group (web) due to TARGET IS NOT FOUND."
            in events
        )
        assert events.strip().endswith("(service web) has reached a steady state.")
        assert states(story) == {("healthy", None): 1}


# Who gets the request


def test_sticky_sessions_stay_with_their_target_until_it_is_gone():
    """8.1: lb_cookie; ALB User Guide, sticky-sessions: AWSALB, and a new one when the target is not healthy."""
    with Story() as story:
        story.service(story.definition(), desired=3)
        story.stable()
        attributes(story, stickiness__enabled="true", stickiness__lb_cookie__duration_seconds=60)
        first = ask(story)
        cookie = first.headers["set-cookie"].partition(";")[0]
        assert cookie.startswith("AWSALB=")
        assert {ask(story, headers={"Cookie": cookie}).task for _ in range(6)} == {first.task}
        assert len({ask(story).task for _ in range(3)}) == 3, "without the cookie: round robin"
        story.advance("61s")
        after = [ask(story, headers={"Cookie": cookie}).task for _ in range(3)]
        assert len(set(after)) == 3, "the duration is over"
        cookie = ask(story).headers["set-cookie"].partition(";")[0]
        story.ecs.stop_task(cluster="shop", task=ask(story, headers={"Cookie": cookie}).task)
        story.advance("5s")
        moved = ask(story, headers={"Cookie": cookie})
        assert moved.status == 200
        assert moved.headers["set-cookie"].partition(";")[0].split(".")[0] != cookie.split(".")[0]


def test_customers_of_a_closed_loop_keep_their_cookies():
    with Story() as story:
        story.service(story.definition(), desired=3)
        story.stable()
        attributes(story, stickiness__enabled="true")
        pattern = {"kind": "closed", "clients": 2, "think_ms": 500, "duration_ms": 20_000}
        story.world.do("traffic_start", {"pattern": pattern, "url": story.url})
        story.advance("30s")
        asked = Counter(e.fields["task"] for e in story.cloud.journal.of("http"))
        assert len(asked) == 2, "two customers, two tasks, however many requests"


def test_weighted_groups_share_and_sticky_groups_keep():
    """8.2: forward to up to 5 groups, weights 0 to 999; botocore elbv2 TargetGroupStickinessConfig."""
    with Story() as story:
        blue, green = group(story, "blue"), group(story, "green")
        groups = [{"TargetGroupArn": blue, "Weight": 3}, {"TargetGroupArn": green, "Weight": 1}]
        forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        arn = rule(story, 1, path("/*"), forward)
        serve(story, "blue", blue, environment=[{"name": "MESSAGE", "value": "blue"}])
        serve(story, "green", green, environment=[{"name": "MESSAGE", "value": "green"}])
        story.stable()
        seen = Counter(ask(story).body.split(" ")[0] for _ in range(40))
        assert 9 <= seen["green"] <= 11
        sticky = {"Enabled": True, "DurationSeconds": 600}
        forward["ForwardConfig"]["TargetGroupStickinessConfig"] = sticky
        story.elb.modify_rule(RuleArn=arn, Actions=[forward])
        first = ask(story)
        cookie = first.headers["set-cookie"].partition(";")[0]
        assert cookie.startswith("AWSALBTG=")
        same = {ask(story, headers={"Cookie": cookie}).body.split(" ")[0] for _ in range(8)}
        assert same == {first.body.split(" ")[0]}
        groups[0]["Weight"] = 0
        story.elb.modify_rule(RuleArn=arn, Actions=[forward])
        assert {ask(story, headers={"Cookie": cookie}).body.split(" ")[0] for _ in range(4)} == {"green"}


def test_least_outstanding_requests_spares_the_slow_one():
    """8.1: load_balancing.algorithm.type. One program hangs: round robin goes on giving it a third of all."""
    taken = {}
    for algorithm in ("round_robin", "least_outstanding_requests"):
        with Story() as story:
            story.service(story.definition(), desired=3, healthCheckGracePeriodSeconds=3_600)
            story.stable()
            attributes(story, load_balancing__algorithm__type=algorithm)
            slow = story.tasks()[0]["taskArn"].rsplit("/", 1)[1]
            story.world.do("fault", {"kind": "hang", "match": slow})
            pattern = {"kind": "constant", "per_second": 10, "duration_ms": 15_000}
            story.world.do("traffic_start", {"pattern": pattern, "url": story.url})
            story.advance("2m")
            asked = Counter(e.fields["task"] for e in story.cloud.journal.of("http"))
            taken[algorithm] = asked[slow]
    assert taken["round_robin"] >= 40
    assert taken["least_outstanding_requests"] <= 3


def test_slow_start_lets_a_new_target_warm_up():
    """8.1: slow_start.duration_seconds, 30 to 900: the share of a new target grows from nothing to a full one."""
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        attributes(story, slow_start__duration_seconds=120)
        story.advance("3m")
        old = story.tasks()[0]["taskArn"].rsplit("/", 1)[1]
        story.update(desiredCount=2)
        story.cloud.until(lambda: story.healthy() == 2, "5m")
        shares = []
        for _ in range(3):
            pattern = {"kind": "constant", "per_second": 10, "duration_ms": 10_000}
            start = len(story.cloud.journal)
            story.world.do("traffic_start", {"pattern": pattern, "url": story.url})
            story.advance("11s")
            asked = Counter(e.fields["task"] for e in story.cloud.journal.since(start) if e.kind == "http")
            shares.append(asked.total() - asked[old])
            story.advance("50s")
        assert 0 < shares[0] < 10 < shares[1] < 40 < shares[2] == 50


def test_one_service_behind_two_load_balancers():
    """CreateService loadBalancers: up to 5 target groups; a task is healthy when all of them say so."""
    with Story() as story:
        admin = group(story, "admin", HealthCheckPath="/status/500")
        rule(story, 5, path("/admin/*"), to(admin))
        pairs = [
            {"targetGroupArn": arn, "containerName": "web", "containerPort": 8080}
            for arn in (story.target_group, admin)
        ]
        definition = story.definition()
        with pytest.raises(ClientError, match="at most 5"):
            story.service(definition, balanced=False, loadBalancers=pairs * 3)
        story.service(
            definition, balanced=False, desired=1, loadBalancers=pairs, healthCheckGracePeriodSeconds=600
        )
        story.advance("2m")
        assert states(story) == {("healthy", None): 1}
        assert states(story, admin) == {("unhealthy", "Target.ResponseCodeMismatch"): 1}
        assert story.now()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
        story.elb.modify_target_group(TargetGroupArn=admin, HealthCheckPath="/health")
        story.stable()
        told = story.told("service.event")
        assert "registered 1 targets in (target-group web)" in told
        assert "registered 1 targets in (target-group admin)" in told


# Rules


def test_rules_by_path_and_host_are_met_by_priority():
    """8.2: lowest number first; `/api/*` does not match `/api`; hosts ignore case; priorities change places."""
    with Story() as story:
        say = lambda text: {  # noqa: E731
            "Type": "fixed-response",
            "FixedResponseConfig": {"StatusCode": "200", "MessageBody": text, "ContentType": "text/plain"},
        }
        star = rule(story, 20, path("/*"), say("everything"))
        api = rule(story, 30, path("/api/*"), say("api"))
        host = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}}]
        rule(story, 10, host, say("host"))
        assert ask(story, "/api/x").body == "everything", "a wide rule above a narrow one hides it"
        story.elb.set_rule_priorities(
            RulePriorities=[{"RuleArn": star, "Priority": 30}, {"RuleArn": api, "Priority": 20}]
        )
        assert ask(story, "/api/x").body == "api"
        assert ask(story, "/api").body == "everything"
        assert ask(story, "/api/x", headers={"Host": "SHOP.example.com"}).body == "host"
        with pytest.raises(ClientError, match="PriorityInUse"):
            rule(story, 20, path("/x"), say("x"))
        with pytest.raises(ClientError, match="A rule can only have '5' condition values"):
            rule(story, 40, path(*"abcdef"), say("x"))


def test_https_with_a_name_of_ones_own_and_a_redirect():
    """8.2 (redirect HTTP_301), ACM and Route 53: the certificate decides which names are safe to use."""
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        acm, dns = story.cloud.client("acm"), story.cloud.client("route53")
        certificate = acm.request_certificate(DomainName="shop.example.com", ValidationMethod="DNS")[
            "CertificateArn"
        ]
        arguments = {
            "LoadBalancerArn": balancer_arn(story),
            "Protocol": "HTTPS",
            "Port": 443,
            "Certificates": [{"CertificateArn": certificate}],
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "DefaultActions": [to(story.target_group)],
        }
        with pytest.raises(ClientError, match="UnsupportedCertificate"):
            story.elb.create_listener(**arguments)
        story.advance("5m")
        story.elb.create_listener(**arguments)
        redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        story.elb.modify_listener(
            ListenerArn=listener_arn(story), DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}]
        )
        assert ask(story, url="https://shop.example.com/").problem == (
            "curl: (6) Could not resolve host: shop.example.com"
        )
        balancer = story.elb.describe_load_balancers()["LoadBalancers"][0]
        alias = {
            "HostedZoneId": balancer["CanonicalHostedZoneId"],
            "DNSName": balancer["DNSName"],
            "EvaluateTargetHealth": True,
        }
        zone = dns.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        record = {"Name": "shop.example.com", "Type": "A", "AliasTarget": alias}
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
        assert ask(story, url="https://shop.example.com/").status == 200
        moved = ask(story, url="http://shop.example.com/cart?id=7")
        assert (moved.status, moved.headers["location"]) == (301, "https://shop.example.com:443/cart?id=7")
        own_name = ask(story, url=f"https://{balancer['DNSName']}/")
        assert own_name.code == "http.certificate_mismatch"
        assert own_name.problem.startswith("curl: (60) SSL: no alternative certificate subject name matches")


# Network Load Balancers


def network_balancer(story, arn, *, port=80):
    made = story.elb.create_load_balancer(Name="tcp", Type="network", Subnets=story.subnets)["LoadBalancers"][
        0
    ]
    story.elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"], Protocol="TCP", Port=port, DefaultActions=[to(arn)]
    )
    return made


def test_a_network_load_balancer_passes_bytes_on():
    """botocore elbv2: TCP listeners and groups; no rules, no pages, no X-Forwarded headers; TCP health checks."""
    with Story() as story:
        tcp = group(story, "tcp", protocol="TCP")
        with pytest.raises(ClientError, match="IncompatibleProtocols"):
            network_balancer(story, story.target_group)
        story.elb.delete_load_balancer(
            LoadBalancerArn=story.elb.describe_load_balancers(Names=["tcp"])["LoadBalancers"][0][
                "LoadBalancerArn"
            ]
        )
        made = network_balancer(story, tcp, port=9000)
        url = f"http://{made['DNSName']}:9000/"
        assert ask(story, url=url).problem.startswith("curl: (7) Failed to connect")
        serve(story, "api", tcp, image="public.ecr.aws/ecslab/web:failing", desired=2)
        story.stable()
        assert states(story, tcp) == {("healthy", None): 2}, "a port that answers is enough"
        answer = ask(story, url=url)
        assert answer.status == 500, "the program's own"
        seen = ask(story, url=url + "headers").body
        assert "x-forwarded-for" not in seen
        listener = story.elb.describe_listeners(LoadBalancerArn=made["LoadBalancerArn"])["Listeners"][0]
        with pytest.raises(ClientError, match="Rules are not supported"):
            story.elb.create_rule(
                ListenerArn=listener["ListenerArn"], Priority=1, Conditions=path("/x"), Actions=[to(tcp)]
            )


def test_nodes_of_a_network_load_balancer_keep_to_their_zone():
    """NLB User Guide: cross-zone load balancing is off; a zone without healthy targets leaves DNS."""
    shares = {}
    for crossing in ("false", "true"):
        with Story() as story:
            tcp = group(story, "tcp", protocol="TCP")
            made = network_balancer(story, tcp)
            story.elb.modify_load_balancer_attributes(
                LoadBalancerArn=made["LoadBalancerArn"],
                Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": crossing}],
            )
            serve(story, "web", tcp, desired=3)
            story.stable()
            asked = Counter(ask(story, url=f"http://{made['DNSName']}/").task for _ in range(60))
            shares[crossing] = sorted(asked.values())
    assert shares == {"false": [15, 15, 30], "true": [20, 20, 20]}


# Who answers, and what is counted


def test_a_customer_who_gives_up_first():
    """8.3: 460. The program goes on; the load balancer's log says that nobody was there any more."""
    with Story() as story:
        story.service(story.definition("public.ecr.aws/ecslab/web:graceful"), desired=1)
        story.stable()
        result = ask(story, timeout_s=1)
        assert (result.status, result.code, result.ms) == (None, "http.client_gave_up", 1_000)
        assert result.problem.startswith("curl: (28) Operation timed out")
        with pytest.raises(ValueError, match="above 0"):
            ask(story, timeout_s=0)


def statistics(story, name, statistic="Sum", *, of_group=True):
    """The numbers of a metric, minute by minute, as CloudWatch gives them."""
    cloudwatch = story.cloud.client("cloudwatch")
    suffix = balancer_arn(story).rsplit("loadbalancer/", 1)[1]
    dimensions = [{"Name": "LoadBalancer", "Value": suffix}]
    if of_group:
        dimensions.insert(0, {"Name": "TargetGroup", "Value": story.target_group.rsplit(":", 1)[1]})
    start = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/ApplicationELB",
        MetricName=name,
        Dimensions=dimensions,
        StartTime=start,
        EndTime=start + dt.timedelta(hours=2),
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in sorted(found, key=lambda p: p["Timestamp"])]


def test_metrics_tell_the_targets_errors_from_the_load_balancers_own():
    """8.3: HTTPCode_Target_5XX_Count and HTTPCode_ELB_5XX_Count; HealthyHostCount; whole minutes only."""
    with Story() as story:
        story.service(story.definition(), desired=2, healthCheckGracePeriodSeconds=3_600)
        story.stable()
        story.cloud.advance_ms(-story.cloud.now_ms % 60_000)
        for status in (200, 200, 404, 500):
            ask(story, f"/status/{status}")
        assert statistics(story, "RequestCount") == [], "the minute is not over"
        story.advance("1m")
        assert statistics(story, "RequestCount") == [4.0]
        assert statistics(story, "RequestCount", of_group=False) == [4.0], (
            "each set of dimensions is a metric"
        )
        listed = story.cloud.client("cloudwatch").list_metrics(MetricName="RequestCount")["Metrics"]
        assert sorted(len(metric["Dimensions"]) for metric in listed) == [1, 2]
        assert statistics(story, "HTTPCode_Target_2XX_Count") == [2.0]
        assert statistics(story, "HTTPCode_Target_4XX_Count") == [1.0]
        assert statistics(story, "HTTPCode_Target_5XX_Count") == [1.0]
        assert statistics(story, "TargetResponseTime", "Average") == [pytest.approx(0.02)]
        assert statistics(story, "HTTPCode_ELB_5XX_Count", of_group=False) == []
        assert statistics(story, "HealthyHostCount", "Minimum")[-1] == 2.0
        story.update(desiredCount=0)
        story.advance("2m")
        assert ask(story).status == 503
        story.advance("1m")
        assert statistics(story, "HTTPCode_ELB_5XX_Count", of_group=False) == [1.0]
        assert statistics(story, "HTTPCode_ELB_503_Count", of_group=False) == [1.0]
        assert statistics(story, "RequestCount") == [4.0], "no target was chosen: not counted"


def test_what_a_service_waits_for_is_said_when_it_changes():
    """A grace period used to fill the journal with the same line."""
    with Story() as story:
        story.service(
            story.definition("public.ecr.aws/ecslab/web:bad-health"), healthCheckGracePeriodSeconds=900
        )
        story.advance("10m")
        waits = [
            (e.fields["code"], str(e.fields["why"]))
            for e in story.cloud.journal.of("decision")
            if e.fields["action"] == "wait"
        ]
        assert all(count == 1 for count in Counter(waits).values()), Counter(waits)
