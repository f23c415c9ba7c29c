"""A blue/green deployment of three tasks, with a bake time of two minutes."""

from ecslab.site.setups import wiring

SETUP = "shop-two-colours"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("5s")
    cloud.client("ecs").update_service(
        cluster="shop",
        service="web",
        taskDefinition="web:2",
        loadBalancers=wiring(cloud),
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2},
    )
    recorder.mark("update")
    cloud.advance("4m")
    recorder.mark_first("scale-up", "deployment.stage", after="update", stage="SCALE_UP")
    recorder.mark_first("test", "deployment.stage", after="update", stage="TEST_TRAFFIC_SHIFT")
    recorder.mark_first("shift", "deployment.stage", after="update", stage="PRODUCTION_TRAFFIC_SHIFT")
    recorder.mark_first("bake", "deployment.stage", after="update", stage="BAKE_TIME")
    recorder.mark_first("clean-up", "deployment.stage", after="update", stage="CLEAN_UP")
    recorder.end()
