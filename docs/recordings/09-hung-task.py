"""A task of the storefront hangs behind the load balancer: when it is noticed, and by whom it is replaced."""

from ecsim.faults import Fault, FaultKind

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    task = sorted(cloud.client("ecs").list_tasks(cluster="shop", serviceName="web")["taskArns"])[0]
    cloud.inject(Fault(kind=FaultKind.HANG, match=task.rsplit("/", 1)[1]))
    recorder.mark("hangs")
    cloud.advance("2m")
    recorder.mark_first("unhealthy", "target.state", after="hangs", state="unhealthy")
    recorder.mark_first("replacement", "task.status", after="hangs", status="PROVISIONING")
    recorder.mark_first("healthy", "target.state", after="replacement", state="healthy")
    recorder.mark_first("draining", "target.state", after="replacement", state="draining")
    recorder.mark_first("stopped", "task.status", after="replacement", status="STOPPED")
    recorder.end()
