"""Lab 02, four ways: boto3 alone, the CLI with its shorthand, JSON for the CLI, and ARNs with every call retried."""

BOTO3 = {
    "answer-1": """
import boto3 as sdk
mine = sdk.Session().client("ecs", region_name="ap-northeast-1")
spec = dict(
    family="web", requiresCompatibilities=["FARGATE", "EC2"], networkMode="awsvpc", cpu="256", memory="512",
    executionRoleArn=cloud.given["execution_role_arn"],
    containerDefinitions=[{
        "name": "web", "image": "public.ecr.aws/ecslab/web:1.0",
        "portMappings": [{"containerPort": cloud.given["port"]}],
        "environment": [{"name": "COLOUR", "value": "blue"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": cloud.given["log_group"], "awslogs-region": "ap-northeast-1",
            "awslogs-stream-prefix": "web"}},
    }],
)
arn = mine.register_task_definition(**spec)["taskDefinition"]["taskDefinitionArn"]
home = mine.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "a"}])["cluster"]["clusterArn"]
""",
    "answer-2": "mine.register_task_definition(**spec)['taskDefinition']['revision']",
    "answer-3": """
where = {"awsvpcConfiguration": {"subnets": list(reversed(cloud.given["subnets"])),
    "securityGroups": [cloud.given["web_security_group"]], "assignPublicIp": "ENABLED"}}
one = mine.run_task(cluster=home, taskDefinition=arn, capacityProviderStrategy=[],
    launchType="FARGATE", networkConfiguration=where, startedBy="me")["tasks"][0]["taskArn"]
mine.get_waiter("tasks_running").wait(cluster=home, tasks=[one])
told = mine.describe_tasks(cluster=home, tasks=[one])["tasks"][0]
private_ip = told["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
mine.stop_task(cluster=home, task=one)
mine.get_waiter("tasks_stopped").wait(cluster=home, tasks=[one])
""",
    "answer-4": """
mine.create_service(cluster=home, serviceName="web", taskDefinition=arn, desiredCount=1, launchType="FARGATE",
    networkConfiguration=where, healthCheckGracePeriodSeconds=30,
    loadBalancers=[{"targetGroupArn": cloud.given["target_group_arn"], "containerName": "web",
                    "containerPort": cloud.given["port"]}])
mine.update_service(cluster=home, service="web", desiredCount=2)
cloud.advance("10m")
""",
    "answer-5": """
served_by = []
while len(served_by) < 2:
    name = cloud.http.get(cloud.given["url"]).body.strip().rpartition(" ")[2]
    if name not in served_by:
        served_by.append(name)
""",
    "answer-6": """
mine.update_service(cluster="shop", service="web", desiredCount=4)
mine.get_waiter("services_stable").wait(cluster="shop", services=["web"])
""",
    "answer-7": """
known = mine.list_tasks(cluster="shop")["taskArns"]
mine.stop_task(cluster="shop", task=known[-1].split("/")[-1])
cloud.advance("30s")
mine.get_waiter("services_stable").wait(cluster="shop", services=["web"])
replacement = next(t for t in mine.list_tasks(cluster="shop")["taskArns"] if t not in known)
""",
}

CLI = {
    "answer-2": """
import json
text = json.dumps([{
    "name": "web", "image": "public.ecr.aws/ecslab/web:1.0", "essential": True,
    "portMappings": [{"containerPort": cloud.given["port"], "protocol": "tcp"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": cloud.given["log_group"], "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "web"}}}])
role = cloud.given["execution_role_arn"]
net = ("awsvpcConfiguration={subnets=[" + ",".join(cloud.given["subnets"]) + "],securityGroups=["
       + cloud.given["web_security_group"] + "],assignPublicIp=ENABLED}")
balancer = (f"targetGroupArn={cloud.given['target_group_arn']},containerName=web,"
            f"containerPort={cloud.given['port']}")
get_ipython().run_cell_magic("aws", "", "ecs register-task-definition --family web --network-mode awsvpc "
    "--requires-compatibilities FARGATE --cpu 256 --memory 512 --execution-role-arn $role "
    "--container-definitions $text")
""",
    "answer-3": """
get_ipython().run_line_magic("aws", "ecs run-task --cluster shop --task-definition web --launch-type FARGATE "
    "--network-configuration $net")
arn = _aws["tasks"][0]["taskArn"]
get_ipython().run_line_magic("aws", "ecs wait tasks-running --cluster shop --tasks $arn")
get_ipython().run_line_magic("aws", "ecs describe-tasks --cluster shop --tasks $arn")
private_ip = _aws["tasks"][0]["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
get_ipython().run_line_magic("aws", "ecs stop-task --cluster shop --task $arn")
""",
    "answer-4": """%%aws
ecs create-service --cluster shop --service-name web --task-definition web:1 --desired-count 2 \\
  --launch-type FARGATE --network-configuration $net --load-balancers $balancer
ecs wait services-stable --cluster shop --services web
""",
    "answer-6": """%%aws
ecs update-service --cluster shop --service web --desired-count 4
ecs wait services-stable --cluster shop --services web
""",
    "answer-7": """
get_ipython().run_line_magic("aws", "ecs list-tasks --cluster shop --service-name web")
before = _aws["taskArns"]
victim = before[0]
get_ipython().run_cell_magic("aws", "", '''ecs stop-task --cluster shop --task $victim --reason "a test"
ecs wait services-stable --cluster shop --services web
ecs list-tasks --cluster shop --service-name web''')
(replacement,) = [one for one in _aws["taskArns"] if one not in before]
""",
}

CLI_JSON = {
    "answer-2": """
import json
whole = json.dumps({
    "family": "web", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
    "requiresCompatibilities": ["FARGATE"], "executionRoleArn": cloud.given["execution_role_arn"],
    "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "containerDefinitions": [{
        "name": "web", "image": "public.ecr.aws/ecslab/web:1.0",
        "portMappings": [{"containerPort": cloud.given["port"], "hostPort": cloud.given["port"]}],
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": cloud.given["log_group"], "awslogs-region": "ap-northeast-1",
            "awslogs-stream-prefix": "web"}}}]})
with open("service.json", "w") as file:
    json.dump({
        "cluster": "shop", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "loadBalancers": [{"targetGroupArn": cloud.given["target_group_arn"], "containerName": "web",
                           "containerPort": cloud.given["port"]}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": cloud.given["subnets"],
            "securityGroups": [cloud.given["web_security_group"]], "assignPublicIp": "ENABLED"}}}, file)
get_ipython().run_cell_magic("aws", "", "ecs register-task-definition --cli-input-json $whole")
""",
    "answer-4": """
get_ipython().run_cell_magic("aws", "", '''ecs put-cluster-capacity-providers --cluster shop \\
  --capacity-providers FARGATE FARGATE_SPOT --default-capacity-provider-strategy capacityProvider=FARGATE,weight=1
ecs create-service --cli-input-json file://service.json
ecs wait services-stable --cluster shop --services web''')
""",
    "answer-5": """
seen = {}
for _ in range(20):
    answer = cloud.http.get(cloud.given["url"])
    assert answer.ok
    seen[answer.body.split()[-1]] = True
served_by = list(seen)
""",
}

RETRIED = {
    "answer-1": """
from botocore.exceptions import ClientError
def tried(call, **arguments):
    for _ in range(3):
        try:
            return call(**arguments)
        except ClientError as error:
            print(error.response["Error"]["Code"])
            cloud.advance("10s")
    raise RuntimeError("three times")
try:
    ecs.describe_services(cluster="shop", services=["web"])
except ecs.exceptions.ClusterNotFoundException:
    pass
ecs.create_cluster(clusterName="spare")
shop = tried(ecs.create_cluster, clusterName="shop")["cluster"]["clusterArn"]
assert tried(ecs.create_cluster, clusterName="shop")["cluster"]["clusterArn"] == shop
ecs.delete_cluster(cluster="spare")
""",
    "answer-4": """
web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
try:
    ecs.create_service(cluster=shop, serviceName="web", taskDefinition="wbe", desiredCount=2)
except ClientError as error:
    print(error.response["Error"]["Message"])
tried(ecs.create_service, cluster=shop, serviceName="web", taskDefinition=web["taskDefinitionArn"],
    desiredCount=2, launchType="FARGATE", platformVersion="LATEST", schedulingStrategy="REPLICA",
    clientToken="once", enableECSManagedTags=True, propagateTags="SERVICE", tags=[{"key": "a", "value": "b"}],
    networkConfiguration={"awsvpcConfiguration": {"subnets": cloud.given["subnets"],
        "securityGroups": [cloud.given["web_security_group"]], "assignPublicIp": "ENABLED"}},
    loadBalancers=[{"targetGroupArn": cloud.given["target_group_arn"], "containerName": "web",
                    "containerPort": cloud.given["port"]}])
def counts():
    one = ecs.describe_services(cluster=shop, services=["web"])["services"][0]
    return one["runningCount"], len(one["deployments"]), one["deployments"][0]["rolloutState"]
while counts() != (2, 1, "COMPLETED"):
    cloud.advance("15s")
""",
    "answer-6": """
service = ecs.describe_services(cluster=shop, services=["web"])["services"][0]["serviceArn"]
for count in (3, 4):
    tried(ecs.update_service, cluster=shop, service=service, desiredCount=count)
    cloud.until_stable("web", cluster="shop")
""",
    "answer-7": """
known = ecs.list_tasks(cluster=shop, serviceName="web")["taskArns"]
cloud.fault("crash", known[2].split("/")[-1])
cloud.advance("5m")
(replacement,) = set(ecs.list_tasks(cluster=shop, serviceName="web")["taskArns"]) - set(known)
""",
}

WAYS = {"boto3": BOTO3, "cli": CLI, "cli-json": CLI_JSON, "retried": RETRIED}
