"""Task definitions that ECS registers."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.ecs.parts import HERE, LOGS, TASK, container, fargate, task, without

test_container_definitions_valid = table(
    "ecs-container-definitions-valid",
    fails(
        "awslogs without a region",
        task(container(logConfiguration={**LOGS, "options": {"awslogs-group": "/app"}})),
        at="containerDefinitions",
        says=("'web'", "awslogs-region"),
    ),
    passes("awslogs in full", task(container(logConfiguration=LOGS))),
    passes(
        "keys in capitals", R(TASK, "task", family="web", containerDefinitions='[{"Name":"web","Image":"nginx:1"}]')
    ),
    passes("in v6", task(container(), provider=V6)),
    fails("no essential container", task(container(essential=False)), says="essential"),
    passes("one of two is essential", task(container(essential=False), container(name="app"))),
    fails("one name twice", task(container(), container()), says="'web'"),
    fails("no image", task({"name": "web"}), says="no image"),
    fails("no name", task({"image": "nginx:1"}), says="name"),
    fails("a name with a dot", task(container(name="web.app")), says="letters"),
    fails("a number as a variable", task(container(environment=[{"name": "PORT", "value": 80}])), says="'PORT'"),
    passes("a text as a variable", task(container(environment=[{"name": "PORT", "value": "80"}]))),
    fails(
        "a variable and a secret of one name",
        task(container(environment=[{"name": "A", "value": "b"}], secrets=[{"name": "A", "valueFrom": "a"}])),
        says="both",
    ),
    fails("waits for nobody", task(container(dependsOn=[{"containerName": "db", "condition": "START"}])), says="'db'"),
    fails(
        "wait for each other",
        task(
            container(dependsOn=[{"containerName": "db", "condition": "START"}]),
            container(name="db", dependsOn=[{"containerName": "web", "condition": "START"}]),
        ),
        says="web → db → web",
    ),
    passes(
        "one waits",
        task(
            container(dependsOn=[{"containerName": "db", "condition": "START"}]),
            container(name="db"),
        ),
    ),
    fails("no JSON", R(TASK, "task", family="web", containerDefinitions="[{"), says="JSON"),
    fails("no list", R(TASK, "task", family="web", containerDefinitions='{"name": "web"}'), says="list"),
    undecided("unknown", R(TASK, "task", family="web", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)

ROLE = "arn:aws:iam::210987654321:role/exec"
SECRETS = [{"name": "A", "valueFrom": "/app/a"}]
test_execution_role_set = table(
    "ecs-execution-role-set",
    fails("secrets without a role", fargate(container(secrets=SECRETS)), at="executionRoleArn", says="secrets"),
    passes("secrets with a role", fargate(container(secrets=SECRETS), executionRoleArn=ROLE)),
    passes("an unknown role", fargate(container(secrets=SECRETS), executionRoleArn=UNKNOWN)),
    fails("a private ECR image", fargate(container(image=f"{HERE}/app:1")), says="ECR"),
    fails("awslogs", fargate(container(logConfiguration=LOGS)), says="awslogs"),
    passes("a public image", fargate()),
    passes("on instances", task(container(secrets=SECRETS))),
    undecided("unknown containers", fargate(containerDefinitions=UNKNOWN), at="containerDefinitions"),
    undecided("unknown compatibilities", task(requiresCompatibilities=[UNKNOWN])),
)

test_fargate_settings_supported = table(
    "ecs-fargate-settings-supported",
    fails("bridge", fargate(networkMode="bridge"), at="networkMode", says="awsvpc"),
    passes("awsvpc", fargate()),
    fails("no mode", without(fargate(), "networkMode"), at="networkMode"),
    passes("bridge on instances", task(networkMode="bridge")),
    fails("the host's processes", fargate(pidMode="host"), at="pidMode"),
    passes("the task's processes", fargate(pidMode="task")),
    fails("host IPC", fargate(ipcMode="host"), at="ipcMode"),
    fails(
        "placement", fargate(placementConstraints=[{"type": "memberOf", "expression": "x"}]), at="placementConstraints"
    ),
    fails(
        "a Docker volume",
        fargate(volumes=[{"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}]),
        at="volumes[0].dockerVolumeConfiguration",
    ),
    passes("an EFS volume", fargate(volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-0a1b"}}])),
    fails("privileged", fargate(container(privileged=True)), says="privileged"),
    fails("links", fargate(container(links=["db"])), says="links"),
    fails("another host port", fargate(container(portMappings=[{"containerPort": 80, "hostPort": 8080}])), says="8080"),
    passes("the same host port", fargate(container(portMappings=[{"containerPort": 80, "hostPort": 80}]))),
    passes("a random host port", fargate(container(portMappings=[{"containerPort": 80, "hostPort": 0}]))),
    fails("syslog", fargate(container(logConfiguration={"logDriver": "syslog"})), says="syslog"),
    fails(
        "the rest is judged while containers are unknown",
        fargate(containerDefinitions=UNKNOWN, networkMode="bridge"),
        at="networkMode",
        also_undecided=True,
    ),
    undecided("an unknown mode", fargate(networkMode=UNKNOWN), at="networkMode"),
)

test_fargate_size_valid = table(
    "ecs-fargate-size-valid",
    fails("too little memory", fargate(cpu="1024", memory="512"), at="memory", says=("1024", "2048")),
    passes("a pair", fargate(cpu="1024", memory="2048")),
    passes("in words", fargate(cpu="1 vCPU", memory="2 GB")),
    passes("as numbers", fargate(cpu=256, memory=512)),
    fails("no memory", without(fargate(), "memory"), at="memory"),
    fails("no CPU", without(fargate(), "cpu"), at="cpu"),
    fails("no such CPU", fargate(cpu="300"), at="cpu", says="256"),
    fails("a text that is no size", fargate(memory="much"), at="memory"),
    passes("on instances", task(cpu="300", memory="1")),
    undecided("unknown memory", fargate(memory=UNKNOWN), at="memory"),
)
