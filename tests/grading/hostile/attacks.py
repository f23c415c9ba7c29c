"""Attacks that run in an answer cell. One that gets where it must not get raises REACHED."""

from __future__ import annotations

from dataclasses import dataclass

from tests.grading.hostile.case import MARK, REACHED

NAMESPACES = ("namespaces",)
HEAD = f"""
import os, sys, json, socket, subprocess, threading, time, signal, urllib.request, urllib.error
def reached(what):
    raise RuntimeError("{REACHED} " + str(what))
def refused(call, *arguments, **named):
    try:
        found = call(*arguments, **named)
    except BaseException:
        return
    reached(f"{{getattr(call, '__name__', call)}}{{arguments}}: {{found!r}}"[:200])
POINTS = {{"1.1": 1, "2.1": 2, "3.1": 2, "4.1": 3, "5.1": 2, "6.1": 2, "7.1": 2}}
LINES = [f"[pass] {{name}} ({{worth}}/{{worth}} points)" for name, worth in POINTS.items()]
private_ip = served_by = replacement = None
"""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """An attack.

    Attributes:
        source: comes before what the cell has.
        cell: the cell.
        solved: the other cells have the solution's answers, else nothing.
        points: what it earns honestly.
        instead: the source takes the cell's place.
        calm: it needs about the time of an honest one.
    """

    threat: str
    source: str
    cell: str = "answer-2"
    solved: bool = False
    points: int = 0
    codes: tuple[str, ...] = ()
    tiers: tuple[str, ...] | None = None
    instead: bool = False
    calm: bool = True


REDEFINED, PRINTED, READING = (
    "redefined functions and internals",
    "printed outputs",
    "reading what is the grader's",
)
PATCHED, WRITING, LEFT = "patched boto3 and clouds of one's own", "writing results", "processes left behind"
SIGNALS, EXITS, FLOODS = "signals", "exits and loops", "floods of processes, memory, disk, output"
NETWORK, ESCAPES, CLOCK, CONTROL = "network", "escapes and markup", "the cloud's clock", "the cloud's control"
BESIDE = "files beside the notebook"

ATTACKS = {
    "check-is-mine": Attack(
        threat=REDEFINED,
        source="""
from ecslab import lab
import ecslab.notebook.door as door
def check(name, answer=None):
    print(f"[pass] {name} ({POINTS[name]}/{POINTS[name]} points)")
lab.check = door.check = check
""",
    ),
    "link-is-mine": Attack(
        threat=REDEFINED,
        source="""
from ecslab.notebook import door
class Yes:
    endpoint_url = ""
    def __init__(self, real): self.real = real
    def do(self, verb, args):
        if verb != "verdict":
            return self.real.do(verb, args)
        points = POINTS[args["check"]]
        return {"passed": True, "points": points, "line": f"[pass] {args['check']} ({points}/{points} points)"}
    def __getattr__(self, name): return getattr(self.real, name)
door._running.link = Yes(door._running.link)
""",
    ),
    "input-transformer": Attack(
        threat=REDEFINED,
        source="""
def rewrite(lines):
    for name, line in zip(POINTS, LINES):
        if f'lab.check("{name}"' in "".join(lines):
            return [f"print({line!r})\\n"]
    return lines
get_ipython().input_transformers_cleanup.append(rewrite)
""",
    ),
    "ast-transformer": Attack(
        threat=REDEFINED,
        source="""
import ast
class Rewrite(ast.NodeTransformer):
    def visit_Module(self, node):
        for name, line in zip(POINTS, LINES):
            if f"lab.check('{name}'" in ast.unparse(node):
                return ast.parse(f"print({line!r})")
        return node
get_ipython().ast_transformers.append(Rewrite())
""",
    ),
    "builtins": Attack(
        threat=REDEFINED,
        source="""
import builtins
real = builtins.print
def lie(*words, **named):
    real(*(str(word).replace("[fail]", "[pass]").replace("(0/", "(9/") for word in words), **named)
builtins.print = lie
builtins.isinstance = lambda *_: True
class Liar(type(sys.stdout)): pass
write = sys.stdout.write
sys.stdout.write = lambda text: write(text.replace("[fail]", "[pass]"))
""",
    ),
    "display-hook": Attack(
        threat=REDEFINED,
        source="""
shell = get_ipython()
shell.displayhook.quiet = lambda: True
shell.display_formatter.format = lambda *_, **__: ({"text/plain": "\\n".join(LINES)}, {})
shell.display_pub.publish = lambda data=None, metadata=None, **_: None
shell.showtraceback = lambda *_, **__: print(LINES[0])
shell._showtraceback = shell.showtraceback
shell.set_custom_exc((BaseException,), lambda *_: print(LINES[0]))
""",
    ),
    "every-cell-ends-well": Attack(
        threat=REDEFINED,
        source="""
shell = get_ipython()
def after(result=None):
    print("\\n".join(LINES))
shell.events.register("post_run_cell", after)
shell.events.register("pre_run_cell", after)
from ecslab.notebook import tidy
tidy.CheckFailed.__init__ = lambda self, *_: sys.exit(0)
""",
    ),
    "kernel-lies": Attack(
        threat=REDEFINED,
        source="""
kernel = get_ipython().kernel
real = kernel.do_execute
async def do_execute(code, silent, *rest, **named):
    for name, line in zip(POINTS, LINES):
        if f'lab.check("{name}"' in code:
            stream = {"name": "stdout", "text": line + "\\n"}
            kernel.session.send(kernel.iopub_socket, "stream", stream, parent=kernel.get_parent("shell"))
            return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
    return await real(code, silent, *rest, **named)
kernel.do_execute = do_execute
""",
    ),
    "forged-messages": Attack(
        threat=REDEFINED,
        source="""
kernel = get_ipython().kernel
def forge():
    while True:
        for line in LINES:
            try:
                kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": line + "\\n"},
                                    parent=kernel.get_parent("shell"))
            except Exception:
                pass
        time.sleep(0.01)
threading.Thread(target=forge, daemon=True).start()
time.sleep(0.3)
""",
    ),
    "bad-messages": Attack(
        threat=REDEFINED,
        source="""
kernel = get_ipython().kernel
stream = kernel.iopub_socket
for message_type, content in (("stream", {}), ("stream", {"name": 5, "text": None}), ("error", {}),
                              ("display_data", {"data": 7}), ("execute_result", []), ("nothing", {"a": [1] * 1000}),
                              ("status", {"execution_state": "dead"}), ("stream", {"name": "x", "text": ["y"]})):
    try:
        kernel.session.send(stream, message_type, content, parent=kernel.get_parent("shell"))
    except Exception as error:
        print(error)
""",
    ),
    "wrong-signature": Attack(
        threat=REDEFINED,
        source="get_ipython().kernel.session.key = b'another key'\nget_ipython().kernel.session.auth = None",
        calm=False,
    ),
    "passes-are-printed": Attack(
        threat=PRINTED, source="print('\\n'.join(LINES))\nprint(LINES[0], file=sys.stderr)"
    ),
    "passes-are-displayed": Attack(
        threat=PRINTED,
        source="""
from IPython.display import display, HTML, publish_display_data
publish_display_data({"text/plain": LINES[0]})
display(HTML(LINES[0]))
_ = [print(line, flush=True) for line in LINES]
""",
    ),
    "passes-come-late": Attack(
        threat=PRINTED,
        source="""
def later():
    for _ in range(200):
        os.write(1, (LINES[0] + "\\n").encode()); print("\\n".join(LINES), flush=True); time.sleep(0.01)
threading.Thread(target=later, daemon=True).start()
""",
    ),
    "asks-out-of-turn": Attack(
        threat=PRINTED,
        source="""
from ecslab.notebook import door
for name in POINTS:
    try:
        print(door._running.link.do("verdict", {"check": name, "answer": None})["line"])
    except Exception as error:
        print(error)
""",
    ),
    "solutions": Attack(
        threat=READING,
        tiers=("namespaces", "landlock"),
        source="""
import ecslab, glob
root = os.path.abspath(ecslab.__file__)
for _ in range(6):
    root = os.path.dirname(root)
    for name in ("solutions", "labs", "course/course.toml", "course/02-first-service", "tests", ".git/HEAD"):
        refused(os.listdir, os.path.join(root, name))
        refused(open, os.path.join(root, name))
""",
    ),
    "walk": Attack(
        threat=READING,
        tiers=("namespaces", "landlock"),
        calm=False,
        source="""
began = time.monotonic()
for top in ("/home", "/root", "/tmp", "/var", "/srv", "/opt", "/mnt", "/work", "/run", "/etc"):
    for folder, folders, names in os.walk(top):
        for name in names:
            if name in ("checks.py", "lab.md", "messages.toml", "shadow", "journal.sqlite", "results.json") \\
               or name.startswith("manifest"):
                try:
                    open(os.path.join(folder, name), "rb").read(1)
                except OSError:
                    continue
                reached(os.path.join(folder, name))
        if time.monotonic() - began > 3:
            break
""",
    ),
    "memory-of-others": Attack(
        threat=READING,
        tiers=("namespaces", "landlock"),
        source="""
mine = os.getpid()
for name in os.listdir("/proc") if os.access("/proc", os.R_OK) else ["1", str(os.getppid())]:
    if name.isdigit() and int(name) != mine:
        for what in ("environ", "mem", "maps"):
            try:
                data = open(f"/proc/{name}/{what}", "rb").read(64)
            except OSError:
                continue
            if data:
                reached(f"{name}/{what}")
refused(open, f"/proc/{os.getppid()}/mem", "r+b")
""",
    ),
    "ptrace": Attack(
        threat=READING,
        tiers=("namespaces", "landlock"),
        source="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for pid in {os.getppid(), 1, 2}:
    if pid and pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0:
        reached(f"ptrace {pid}")
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
room = ctypes.create_string_buffer(8)
part = Part(ctypes.addressof(room), 8)
if os.getppid() and libc.process_vm_readv(os.getppid(), ctypes.byref(part), 1, ctypes.byref(part), 1, 0) > 0:
    reached("process_vm_readv")
""",
    ),
    "environment": Attack(
        threat=READING,
        source="""
known = {"ECSLAB_CLOUD_URL", "ECSLAB_LANG", "HOME", "IPYTHONDIR", "LANG", "PATH", "TMPDIR", "MPLBACKEND", "TERM",
         "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "PYDEVD_USE_FRAME_EVAL",
         "PYTHONIOENCODING", "LC_ALL", "LC_CTYPE"}
strange = [name for name in os.environ if name not in known and not name.startswith("AWS_")]
if strange or os.listdir("."):
    reached((strange, os.listdir(".")))
first = open("/proc/self/environ").read().split("\\0")
if [one for one in first if one and one.split("=")[0] not in known]:
    reached(first)
""",
    ),
    "memory-of-mine": Attack(
        threat=READING,
        source="""
import gc, inspect
words = ("no-public-ip", "never-served", "the-victim", "not-a-replacement")
texts = [one for one in gc.get_objects() if isinstance(one, dict)]
for one in texts:
    if any(isinstance(key, str) and key in words for key in list(one)):
        reached("wordings of mistakes")
if [name for name in sys.modules if name.split(".")[0] == "moto" or name.endswith((".checks_02", "cloudproc"))]:
    reached("modules")
""",
    ),
    "descriptors": Attack(
        threat=WRITING,
        source="""
forged = json.dumps({"result": {"checks": {name: {"passed": True, "asked": True, "agreed": True, "mistake": None,
    "text": "", "html": ""} for name in POINTS}, "notices": [], "calls": []}, "final": True}).encode()
for number in range(3, 256):
    try:
        what = os.readlink(f"/proc/self/fd/{number}")
        if any(word in what for word in ("course", "solutions", "journal", "results")):
            reached(what)
        if what.startswith("socket:"):
            one = socket.socket(fileno=os.dup(number))
            kind = one.family
            if kind == socket.AF_UNIX and one.getsockname() == "" and one.getpeername() == "":
                one.setblocking(False)
                one.send(len(forged).to_bytes(4, "big") + forged)
                one.send(forged + b"\\n")
            one.detach()
    except OSError:
        pass
""",
    ),
    "results": Attack(
        threat=WRITING,
        tiers=("namespaces", "landlock"),
        source=f"""
for place in ("/tmp", "/var/tmp", "/dev/shm", "/root", "/home", "/etc", "/usr", "/", "/run", "/proc/1/cwd",
              os.path.dirname(os.getcwd()), os.path.dirname(os.environ["HOME"]), sys.prefix,
              os.path.dirname(json.__file__)):
    inside = os.path.abspath(place)
    try:
        with open(os.path.join(place, "{MARK}.txt"), "w") as file:
            file.write("x")
    except OSError:
        continue
for name in ("results.json", "gradebook.csv", "../results.json", "../../journal.sqlite"):
    try:
        open(name, "w").write("forged")
    except OSError:
        pass
""",
    ),
    "boto3-is-mine": Attack(
        threat=PATCHED,
        source="""
import botocore.client, botocore.endpoint
class Everything(dict):
    def __missing__(self, key): return Everything()
    def __iter__(self): return iter([])
botocore.client.BaseClient._make_api_call = lambda self, name, arguments: Everything()
botocore.endpoint.Endpoint._send = lambda self, request: None
sys.modules["boto3"].client = lambda *_, **__: Everything()
""",
    ),
    "cloud-of-my-own": Attack(
        threat=PATCHED,
        calm=False,
        source="""
try:
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.world import World
    from ecsim.cloud.server import serve
    mine = Cloud(seed=2)
    server = serve(mine.gate, World(mine))
    os.environ["ECSLAB_CLOUD_URL"] = os.environ["AWS_ENDPOINT_URL"] = server.url
    import boto3
    ecs = boto3.client("ecs", endpoint_url=server.url)
    ecs.create_cluster(clusterName="shop")
except Exception as error:
    print(error)
""",
    ),
    "grader-of-my-own": Attack(
        threat=PATCHED,
        source="""
for name in ("ecslab.grading.cloudproc", "ecslab.grading.worker", "ecslab.grading.nbval_plugin",
             "ecslab.lab.stage", "ecslab.course.manifest"):
    try:
        __import__(name)
    except BaseException as error:
        print(name, error)
nbval = sys.modules.get("nbval.plugin")
if nbval is not None:
    reached("nbval")
""",
    ),
    "orphans": Attack(
        threat=LEFT,
        source=f"""
if os.fork() == 0:
    os.setsid() if hasattr(os, "setsid") else None
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "86398.{MARK.count("-")}"])
    os._exit(0)
subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; sleep 86398.2"])
None
""",
    ),
    "sessions": Attack(
        threat=LEFT,
        source="""
for _ in range(3):
    try:
        subprocess.Popen(["nohup", "sleep", "86398.2"], start_new_session=True)
    except OSError as error:
        print(error)
None
""",
    ),
    "two-of-me": Attack(
        threat=LEFT,
        calm=False,
        source="""
if os.fork() == 0:
    while True:
        try:
            print("\\n".join(LINES), flush=True)
            time.sleep(0.2)
        except BaseException:
            pass
""",
    ),
    "threads-and-exit-hooks": Attack(
        threat=LEFT,
        source="""
import atexit
atexit.register(lambda: time.sleep(10**6))
threading.Thread(target=time.sleep, args=(10**6,)).start()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
""",
    ),
    "kills-its-parent": Attack(
        threat=SIGNALS,
        tiers=("namespaces", "landlock"),
        source="""
for pid in {os.getppid(), os.getppid() - 1, os.getpid() - 1, os.getpid() - 2}:
    if pid > 1 and pid != os.getpid():
        for number in (signal.SIGSTOP, signal.SIGKILL):
            refused(os.kill, pid, number)
""",
    ),
    "kills-everybody": Attack(
        threat=SIGNALS,
        tiers=NAMESPACES,
        source="""
for number in (signal.SIGSTOP, signal.SIGTERM):
    try:
        os.kill(-1, number)
    except OSError as error:
        print(error)
""",
    ),
    "interrupts-itself": Attack(
        threat=SIGNALS,
        source="os.kill(os.getpid(), signal.SIGINT)",
    ),
    "stops-itself": Attack(
        threat=SIGNALS,
        source="os.kill(os.getpid(), signal.SIGSTOP)",
        calm=False,
    ),
    "sys-exit": Attack(threat=EXITS, source="sys.exit('<b>bye</b>')"),
    "quit": Attack(threat=EXITS, source="quit()", instead=True, codes=("kernel-died",)),
    "os-exit": Attack(threat=EXITS, source="import os; os._exit(0)", instead=True, codes=("kernel-died",)),
    "exits-in-the-solution": Attack(
        threat=EXITS, solved=True, points=12, cell="answer-5", source="import os; os._exit(0)", instead=True
    ),
    "crash": Attack(
        threat=EXITS, source="import ctypes; ctypes.string_at(0)", instead=True, codes=("kernel-died",)
    ),
    "abort": Attack(threat=EXITS, source="os.abort()", codes=("kernel-died",)),
    "recursion": Attack(
        threat=EXITS, source="sys.setrecursionlimit(10**9)\ndef f(): f()\nf()", codes=(), calm=False
    ),
    "loop": Attack(
        threat=EXITS,
        solved=True,
        points=12,
        cell="answer-5",
        source="while True: pass",
        codes=("cell-timeout",),
        instead=True,
        calm=False,
    ),
    "deaf-loop": Attack(
        threat=EXITS,
        cell="answer-7",
        calm=False,
        codes=("cell-timeout",),
        source="""
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    ),
    "deaf-in-c": Attack(
        threat=EXITS,
        cell="answer-7",
        calm=False,
        source="signal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(10**6)",
        codes=("cell-timeout",),
    ),
    "sleeps": Attack(
        threat=EXITS, cell="answer-7", calm=False, source="time.sleep(10**6)", codes=("cell-timeout",)
    ),
    "reads-stdin": Attack(threat=EXITS, source="input('?')", calm=False),
    "fork-bomb": Attack(
        threat=FLOODS,
        tiers=("namespaces", "landlock"),
        cell="answer-7",
        calm=False,
        source="""
while True:
    try:
        os.fork()
    except OSError:
        pass
""",
    ),
    "threads": Attack(
        threat=FLOODS,
        tiers=("namespaces", "landlock"),
        cell="answer-7",
        calm=False,
        source="""
try:
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(10**5,), daemon=True).start()
except RuntimeError as error:
    print(error)
else:
    reached("twenty thousand threads")
""",
    ),
    "memory": Attack(
        threat=FLOODS,
        tiers=("namespaces", "landlock"),
        calm=False,
        source="""
kept = []
try:
    for _ in range(4096):
        kept.append(bytearray(1 << 20))
        kept[-1][::4096] = b"x" * 256
except MemoryError:
    kept.clear()
else:
    reached("four gigabytes")
""",
    ),
    "memory-of-many": Attack(
        threat=FLOODS,
        tiers=("namespaces", "landlock"),
        cell="answer-7",
        calm=False,
        source="""
for _ in range(6):
    if os.fork() == 0:
        kept = []
        while True:
            try:
                kept.append(bytearray(16 << 20))
            except MemoryError:
                time.sleep(0.1)
time.sleep(3)
""",
    ),
    "disk": Attack(
        threat=FLOODS,
        tiers=("namespaces", "landlock"),
        cell="answer-7",
        calm=False,
        source="""
try:
    with open("large", "wb") as file:
        for _ in range(2048):
            file.write(bytes(1 << 20))
            file.flush()
except OSError as error:
    print(error)
else:
    reached("two gigabytes on the disk")
""",
    ),
    "inodes": Attack(
        threat=FLOODS,
        calm=False,
        cell="answer-7",
        tiers=("namespaces", "landlock"),
        source="""
try:
    for number in range(200_000):
        open(f"f{number}", "w").close()
except OSError as error:
    print(error)
""",
    ),
    "output": Attack(
        threat=FLOODS, cell="answer-7", calm=False, source="for _ in range(10**6): print('x' * 1000)"
    ),
    "one-long-line": Attack(threat=FLOODS, source="print('x' * 30_000_000)", calm=False),
    "large-value": Attack(threat=FLOODS, source="'x' * 30_000_000", calm=False, instead=True),
    "large-error": Attack(threat=FLOODS, source="raise ValueError('x' * 5_000_000)", calm=False),
    "large-answer": Attack(
        threat=FLOODS,
        cell="answer-3",
        calm=False,
        source="private_ip = 'x' * 5_000_000\nserved_by = [str(n) for n in range(200_000)]",
    ),
    "answer-that-is-no-value": Attack(
        threat=FLOODS,
        cell="answer-3",
        source="""
class Strange(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __reduce__(self): return (os._exit, (0,))
private_ip = Strange("10.0.0.1")
deep = []
for _ in range(5000): deep = [deep]
served_by = deep
replacement = {1: {2, 3}}
""",
    ),
    "asks-without-end": Attack(
        threat=FLOODS,
        calm=False,
        source="""
from ecslab.notebook import door
for _ in range(700):
    try:
        door._running.link.do("verdict", {"check": "1.1", "answer": None})
    except Exception as error:
        pass
""",
    ),
    "half-a-request": Attack(
        threat=FLOODS,
        source="""
from urllib.parse import urlsplit
where = urlsplit(os.environ["ECSLAB_CLOUD_URL"])
kept = []
for _ in range(60):
    one = socket.create_connection((where.hostname, where.port), timeout=5)
    one.sendall(b"POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999999\\r\\n\\r\\n")
    kept.append(one)
del kept[:]
""",
    ),
    "endless-body": Attack(
        threat=FLOODS,
        calm=False,
        source="""
from urllib.parse import urlsplit
where = urlsplit(os.environ["ECSLAB_CLOUD_URL"])
try:
    one = socket.create_connection((where.hostname, where.port), timeout=5)
    one.sendall(b"POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 200000000\\r\\n\\r\\n")
    for _ in range(200):
        one.sendall(bytes(1 << 20))
    print(one.recv(1000))
except OSError as error:
    print(error)
""",
    ),
    "a-hundred-thousand-tasks": Attack(
        threat=FLOODS,
        cell="answer-7",
        calm=False,
        source="""
try:
    ecs.create_cluster(clusterName="large")
    ecs.register_task_definition(family="large", requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
        cpu="256", memory="512", containerDefinitions=[{"name": "a", "image": "public.ecr.aws/ecslab/web:1.0"}])
    for number in range(20):
        ecs.create_service(cluster="large", serviceName=f"s{number}", taskDefinition="large", desiredCount=5000,
            launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": {"subnets": cloud.given["subnets"]}})
    cloud.advance("1h")
except Exception as error:
    print(str(error)[:200])
""",
    ),
    "outside": Attack(
        threat=NETWORK,
        tiers=("namespaces", "landlock"),
        source="""
socket.setdefaulttimeout(1)
for where in (("1.1.1.1", 53), ("8.8.8.8", 443), ("169.254.169.254", 80), ("10.0.0.1", 22)):
    refused(socket.create_connection, where, timeout=1)
def lookup():
    return socket.getaddrinfo("example.com", 80)
refused(lookup)
def datagram():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.sendto(b"x", ("8.8.8.8", 53))
    return one
refused(datagram)
""",
    ),
    "neighbours": Attack(
        threat=NETWORK,
        tiers=("namespaces", "landlock"),
        source="""
from urllib.parse import urlsplit
mine = urlsplit(os.environ["ECSLAB_CLOUD_URL"]).port
def port(number):
    one = socket.create_connection(("127.0.0.1", number), timeout=0.2)
    one.close()
    return number
for number in [*range(1, 1024, 7), @PORT@, 5432, 6379, 8080, 8888]:
    if number != mine:
        refused(port, number)
for kind in (socket.AF_UNIX, getattr(socket, "AF_NETLINK", 16), getattr(socket, "AF_PACKET", 17)):
    def other(kind=kind):
        if kind == socket.AF_UNIX:
            one = socket.socket(kind)
            one.connect("\\0@PORT@")
            return one
        return socket.socket(kind, socket.SOCK_RAW)
    refused(other)
""",
    ),
    "escapes": Attack(
        threat=ESCAPES,
        source="""
text = "\\x1b]0;owned\\x07\\x1b[31m\\x1b[2J\\r\\x08\\u202egnp.exe\\u2028 <script>alert(1)</script> <img src=x onerror=y>"
print(text, "\\n::error file=x::owned\\n::set-output name=x::y\\n")
raise RuntimeError(text + "\\n::error::owned\\n=HYPERLINK(1)")
""",
        codes=("cell-failed",),
    ),
    "markup-in-the-cloud": Attack(
        threat=ESCAPES,
        source="""
for name in ("=cmd|calc", "<script>x</script>", "::error::x", "a" * 300):
    try:
        ecs.create_cluster(clusterName=name)
    except Exception as error:
        print(error)
try:
    ecs.register_task_definition(family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256",
        memory="512", executionRoleArn="<script>alert(1)</script>", containerDefinitions=[
            {"name": "=1+1", "image": "<img/src=x>\\x1b[31m"}])
except Exception as error:
    print(error)
private_ip = "<script>alert(1)</script>\\x1b[31m\\n::error::owned"
""",
    ),
    "time-without-end": Attack(
        threat=CLOCK,
        cell="answer-7",
        calm=False,
        source="""
while True:
    cloud.advance("31d")
""",
        codes=("cell-timeout",),
    ),
    "time-goes-back": Attack(
        threat=CLOCK,
        source="""
from ecslab.notebook import door
for duration in (-1, -10**12, 10**18, 2**63, float("inf"), float("nan"), "x", None, True, [1]):
    try:
        door._running.link.do("advance", {"duration_ms": duration})
    except Exception as error:
        print(str(error)[:80])
""",
    ),
    "control-verbs": Attack(
        threat=CONTROL,
        source="""
def ask(path, args):
    request = urllib.request.Request(os.environ["ECSLAB_CLOUD_URL"] + path, json.dumps(args).encode(),
        {"Content-Type": "application/json"})
    try:
        return json.load(urllib.request.urlopen(request, timeout=5))
    except urllib.error.HTTPError as error:
        return {"error": error.code}
for verb in ("journal", "calls", "seed", "problems", "snapshot", "open", "close", "reset", "shutdown", "inject"):
    for path in (f"/_ecslab/control/{verb}", f"/_ecslab/grader/{verb}", f"/_ecslab/world/../control/{verb}",
                 f"/_ecslab/%2e%2e/control/{verb}", f"//_ecslab/control/{verb}", f"/_ecslab/world/{verb}",
                 f"/moto-api/{verb}", "/moto-api/reset", "/moto-api/data.json"):
        if "error" not in ask(path, {"check": "1.1"}):
            reached(path)
""",
    ),
    "startup-files": Attack(
        threat=BESIDE,
        source="""
for folder in (".", os.environ["HOME"], os.environ["IPYTHONDIR"] + "/profile_default/startup",
               os.environ["HOME"] + "/.ipython/profile_default/startup"):
    try:
        os.makedirs(folder, exist_ok=True)
        for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "boto3.py", "nbval.py", "00.py",
                     "pytest.ini", "ecslab.py", "json.py"):
            with open(os.path.join(folder, name), "w") as file:
                file.write("raise SystemExit('[pass] 1.1 (1/1 points)')")
    except OSError as error:
        print(error)
os._exit(0)
""",
        codes=("kernel-died",),
    ),
    "commands-beside": Attack(
        threat=BESIDE,
        source="""
for name in ("python", "python3", "aws", "sh"):
    with open(name, "w") as file:
        file.write("#!/bin/sh\\necho '[pass] 1.1 (1/1 points)'\\n")
    os.chmod(name, 0o755)
os.environ["PATH"] = os.getcwd() + ":" + os.environ["PATH"]
os.environ["LD_PRELOAD"] = os.getcwd() + "/evil.so"
""",
    ),
}
