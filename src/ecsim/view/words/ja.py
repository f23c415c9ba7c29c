"""Japanese words: reasons, and the labels of the views, with AWS's official Japanese terms."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "rolling.start": (
        "新しいデプロイのタスクを {start} 個起動します。必要数 {desired} のうち {active} 個まで起動済みで、"
        "全体は {total} 個、上限 {max_total} 個まで余裕があります。"
    ),
    "rolling.ceiling": (
        "上限に達したため待っています。タスクは最大 {max_total} 個のところ {total} 個あり (最大率 "
        "{maximum_percent}%)、まだどれも停止できません。新しいデプロイは {desired} 個中 {active} 個のままです。"
    ),
    "rolling.stop_old": (
        "古いタスクを {old} 個停止します。正常なタスクは {healthy} 個あり、維持すべき数は {floor} 個です。"
    ),
    "rolling.stop_old_unhealthy": (
        "正常でない古いタスクを {old} 個停止します。正常なタスクの数は減りません。"
    ),
    "rolling.stop_to_make_room": (
        "場所を空けるため、先に古いタスクを停止します。タスクは最大 {max_total} 個のところ {total} 個あります。"
        "最小ヘルス率は {minimum_healthy_percent}% なので、正常なタスク {healthy} 個のうち {min_healthy} 個を"
        "維持すれば足ります。"
    ),
    "rolling.wait_healthy": (
        "新しいタスクが正常になるのを待っています ({desired} 個中 {new_healthy} 個が正常)。"
        "正常なタスクは全体で {healthy} 個あり、少なくとも {floor} 個を維持します。"
    ),
    "rolling.wait_draining": (
        "{stopping} 個のタスクがドレインを終えて停止するのを待っています。停止中のタスクも数に入ります "
        "(現在 {total} 個、最大 {max_total} 個)。"
    ),
    "rolling.stuck": (
        "この設定ではデプロイが進みません。必要数 {desired} に対し、最小ヘルス率 {minimum_healthy_percent}% では"
        "正常なタスクを {min_healthy} 個維持する必要があり、最大率 {maximum_percent}% では全体で {max_total} 個"
        "しか許されません。どちらかの値を変更してください。"
    ),
    "rolling.complete": (
        "デプロイを完了します。新しいタスク {desired} 個が正常で、古いタスクは残っていません。"
    ),
    "rolling.protected": (
        "待機します。スケールイン保護中のタスクが {protected} 個あり、停止できません。"
        "必要数 {desired} に対して {total} 個のタスクがあります。"
    ),
    "scale.out": "タスクを {start} 個起動します。必要数 {desired} に対して {active} 個でした。",
    "scale.in": (
        "タスクが最も多いアベイラビリティーゾーン {zone} のタスクを 1 個停止します。必要数 {desired} に対して "
        "{active} 個ありました。"
    ),
    "scale.pending": (
        "タスクが正常とみなされるまで待っています。必要数 {desired} に対して {active} 個起動しました。"
    ),
    "replace.start_first": (
        "異常なタスクが {unhealthy} 個あります。タスクは最大 {max_total} 個のところ {total} 個で余裕があるため、"
        "停止する前に代わりのタスクを起動します。"
    ),
    "replace.stop_replaced": (
        "異常なタスクを停止します。正常なタスクが {healthy} 個あり、必要数 {desired} を満たしています。"
    ),
    "replace.stop_first": (
        "タスクは最大 {max_total} 個のところ {total} 個あるため、代わりを起動する前に異常なタスクを停止します。"
        "正常なタスクは {healthy} 個で、{min_healthy} 個を維持します。"
    ),
    "replace.stop_failed_start": (
        "進行中のデプロイ {deployment} の異常なタスクを停止します。このタスクはリクエストに応えられず、"
        "サーキットブレーカーが失敗として数えます。"
    ),
    "throttle.wait": (
        "次の起動まで {delay_s} 秒待ちます。タスクが RUNNING になる前に失敗したため "
        "(連続 {failed_launches} 回)、ECS は起動の間隔を延ばします。"
    ),
    "breaker.trip": (
        "サーキットブレーカーが作動しました。失敗したタスクが {count} 個で、必要数 {desired} のしきい値は "
        "{threshold} です。ロールバックは無効なので、デプロイは FAILED になり、古いタスクはそのまま残ります。"
    ),
    "breaker.trip_and_roll_back": (
        "サーキットブレーカーが作動しました。失敗したタスクが {count} 個で、必要数 {desired} のしきい値は "
        "{threshold} です。最後に COMPLETED になったデプロイ {to} にロールバックします。"
    ),
    "breaker.stalled": (
        "サーキットブレーカーが作動しました。失敗したタスクが {count} 個で、必要数 {desired} のしきい値は "
        "{threshold} です。ロールバック先になる COMPLETED のデプロイがないため、これ以上タスクを起動しません。"
    ),
    "breaker.roll_back": (
        "{failed} から {to} にロールバックします。失敗したデプロイでは {failed_tasks} 個のタスクが続けて失敗しました。"
    ),
    "breaker.failed_deployment": ("FAILED になったデプロイ {deployment} の、正常でないタスクを停止します。"),
    "stop.requested": "StopServiceDeployment が呼ばれたため、デプロイを中止し、{to} にロールバックします。",
    "stop.stalled": (
        "StopServiceDeployment が呼ばれましたが、ロールバック先になる COMPLETED のデプロイがないため、"
        "これ以上タスクを起動しません。"
    ),
    "stop.roll_back": "StopServiceDeployment が呼ばれたため、{failed} から {to} にロールバックします。",
    "strategy.stage": "ライフサイクルステージ {before} から {stage} に進みます。",
    "strategy.reconcile": (
        "まず本番トラフィックを 1 つのリビジョンにまとめ、ほかのリビジョンのタスク {left} 個がなくなるのを待ちます。"
    ),
    "strategy.start": (
        "{deployment} のタスクを {start} 個起動します。{desired} 個のうち {active} 個がありました。"
        "古いリビジョンが片付くまで、両方のリビジョンのタスクが動きます。"
    ),
    "strategy.stop": "{deployment} のタスク {left} 個を停止します。もうトラフィックを受けていません。",
    "strategy.scale_up": "{deployment} がそろうのを待ちます。{desired} 個のうち {healthy} 個が正常です。",
    "strategy.shift_test": "テストトラフィックの {percent} % を {deployment} に向けます。",
    "strategy.shift_production": (
        "本番トラフィックの {percent} % を {deployment} に向けます (全 {steps} 段階の {step} 段階目)。"
    ),
    "strategy.settle": (
        "{stage} で {minutes} 分待ちます。Network Load Balancer では、トラフィックの切り替えにその分だけ長くかかります。"
    ),
    "strategy.step_bake": (
        "本番トラフィックの {percent} % を新しいリビジョンに向けたまま、{minutes} 分待ってから先に進みます。"
    ),
    "strategy.hooks": "{stage} でライフサイクルフック {open} 個を待ちます。",
    "strategy.bake": (
        "ベイク時間の {minutes} 分が過ぎるのを待ちます。両方のリビジョンが動いているので、すぐに戻せます。"
    ),
    "strategy.clean_up": "{deployment} の残りのタスク {left} 個が停止するのを待ちます。",
    "strategy.complete": (
        "デプロイを完了します。{deployment} が {desired} 個のタスクですべてのトラフィックを受け、古いリビジョンはなくなりました。"
    ),
    "strategy.rolled_back": (
        "ロールバックを完了します。{deployment} が {desired} 個のタスクで再びすべてのトラフィックを受け、もう一方のリビジョンはなくなりました。"
    ),
    "strategy.left": (
        "本番トラフィックをすべて古いリビジョンに戻します。トラフィックを切り替えていたデプロイ {deployment} は、"
        "ローリングアップデートに取って代わられました。"
    ),
    "strategy.hook_failed": "デプロイを断念します。{stage} のライフサイクルフック {target} が失敗しました。",
    "strategy.hook_timed_out": "デプロイを断念します。{stage} のライフサイクルフック {target} が時間切れになりました。",
    "strategy.stage_timeout": "デプロイを断念します。ステージ {stage} が {hours} 時間を超えました。",
    "strategy.deployment_timeout": "デプロイを断念します。全体で {days} 日を超えました。",
    "strategy.network": "デプロイを断念します。理由: {text}",
    "strategy.roll_back": "{failed} から {to} にロールバックします。先にトラフィック、次にタスクを戻します。",
    "codedeploy.hook": "{event} で関数 {function} からの報告を待ちます。",
    "codedeploy.hook_failed": "CodeDeploy のデプロイを断念します。{event} の関数 {function} が失敗しました。",
    "codedeploy.hook_timed_out": "CodeDeploy のデプロイを断念します。{event} の関数 {function} から 1 時間以内に報告がありませんでした。",
    "codedeploy.attach": "2 つ目のターゲットグループを、トラフィックなしで本番リスナーに加えます。",
    "codedeploy.leftover": "以前のデプロイが残したタスクセットを削除します。そのターゲットグループを使うためです。",
    "codedeploy.create": "AppSpec のタスク定義で置き換えタスクセットを作ります。タスクは {desired} 個です。",
    "codedeploy.install": "置き換えタスクセットが安定するのを待ちます。{desired} 個のうち {running} 個が実行中です。",
    "codedeploy.install_timed_out": "CodeDeploy のデプロイを断念します。置き換えタスクセットが 60 分以内に正常になりませんでした。",
    "codedeploy.not_behind": "CodeDeploy のデプロイを断念します。リスナーのトラフィックがプライマリタスクセットに向いていません。",
    "codedeploy.elb": "CodeDeploy のデプロイを断念します。理由: {text}",
    "codedeploy.test": "テストトラフィックの {percent} % を置き換えタスクセットに向けます。",
    "codedeploy.ready_wait": "トラフィックを切り替える前に、ContinueDeployment を最大 {minutes} 分待ちます。",
    "codedeploy.ready_timed_out": "CodeDeploy のデプロイを停止します。{minutes} 分以内に続行の指示がありませんでした。",
    "codedeploy.shift": "本番トラフィックの {percent} % を置き換えタスクセットに向けます ({steps} 段階のうち {step} 段階目)。",
    "codedeploy.shift_back": "本番トラフィックをすべて元のタスクセットに戻します。",
    "codedeploy.interval": "次の段階まで {minutes} 分間、{percent} % のままにします。",
    "codedeploy.primary": "{task_set} をプライマリタスクセットにします。本番トラフィックはすべてそこに向いています。",
    "codedeploy.termination_wait": "元のタスクセットを {minutes} 分間残します。その間は、新しいタスクなしでロールバックできます。",
    "codedeploy.terminate": "{task_set} を削除します。もうトラフィックを受けていません。",
    "codedeploy.draining": "{task_set} の残りのタスクが停止するのを待ちます。",
    "codedeploy.succeed": "CodeDeploy のデプロイ {deployment} が成功しました。",
    "codedeploy.stop_requested": "CodeDeploy のデプロイを停止します。StopDeployment が呼ばれました。",
    "codedeploy.alarm": "アラーム {alarms} が ALARM のため、CodeDeploy のデプロイを停止します。",
    "codedeploy.no_service": "CodeDeploy のデプロイを断念します。サービスが ACTIVE ではなくなりました。",
    "codedeploy.lost": "CodeDeploy のデプロイを断念します。タスクセットの 1 つがなくなりました。",
    "task_set.start": "タスクセットのタスクを {start} 個起動します。{wanted} 個のうち {active} 個がありました。",
    "task_set.draining": "タスクセット {task_set} が削除されたため、タスクを停止します。",
    "alarms.ignored": (
        "このデプロイではアラームを監視しません。開始時に {alarms} がすでに ALARM だったためです。修正のデプロイを妨げないための動作です。"
    ),
    "alarms.watch": "デプロイの間、アラーム {alarms} 個を監視します。",
    "alarms.bake": "デプロイを COMPLETED にする前に、あと {seconds} 秒アラームを監視します。",
    "alarms.trip": "アラーム {alarms} が ALARM になりました。ロールバックは無効なので、デプロイは FAILED になり、先に進みません。",
    "alarms.trip_and_roll_back": (
        "アラーム {alarms} が ALARM になりました。最後に COMPLETED になったデプロイ {to} にロールバックします。"
    ),
    "alarms.stalled": (
        "アラーム {alarms} が ALARM になりましたが、戻り先となる COMPLETED のデプロイがありません。これ以上は何も起動しません。"
    ),
    "alarms.roll_back": "アラームを検知したため、{failed} から {to} にロールバックします。",
    "early.met": (
        "古いタスクを停止します。新しいタスクは {desired} 個のうち {healthy} 個が正常で、早期成功の条件を満たしました。"
    ),
    "early.complete": (
        "デプロイを早めに完了します。{desired} 個のうち {healthy} 個が正常で、早期成功の条件を満たしました。残りは後から続きます。"
    ),
    "service.draining": "サービスが削除されたため、タスクを停止します。",
    "task.image_not_pulled": "イメージ {image} をプルできませんでした: {text}",
    "task.resource_not_ready": "タスクの起動に必要なものを用意できませんでした: {text}",
    "task.container_not_started": "コンテナ {container} を起動できませんでした: {text}",
    "task.essential_exited": (
        "必須コンテナ {container} が終了コード {exit_code} で終了したため、タスク全体が停止します。"
    ),
    "task.dependency_failed": (
        "コンテナ {container} を起動できません。依存する {dependency} が {condition} の条件を満たしませんでした。"
    ),
    "task.dependency_timed_out": (
        "依存先のコンテナ {dependency} が startTimeout の {start_timeout_s} 秒以内に {condition} にならなかったため、"
        "コンテナ {container} は起動を諦めました。"
    ),
    "task.container_restarted": (
        "コンテナ {container} は {ran_s} 秒動いてから終了コード {exit_code} で終了しました。再起動ポリシーの "
        "{period_s} 秒以上動いていたので、同じタスクの中で起動し直します。"
    ),
    "task.stopped_by_user": "StopTask が呼び出されました。",
    "task.waits_for_draining": (
        "ロードバランサーが {targets} 個のターゲットのドレインを終えるまで、最大 {delay_s} 秒待ちます。"
        "SIGTERM はその後です。"
    ),
    "task.killed_after_stop_timeout": (
        "コンテナ {container} は SIGTERM の後、停止タイムアウトの {stop_timeout_s} 秒以内に終了しなかったため、"
        "SIGKILL で強制終了されました。"
    ),
    "task.host_lost": "タスクが動いていた EC2 インスタンス {instance} は {state} になりました。",
    "task.orphaned": "{instance} のコンテナインスタンスが強制的に登録解除され、ECS はそのタスクを管理しなくなりました。",
    "task.zone_lost": "タスクが動いていたアベイラビリティーゾーン {zone} に障害が起きています。",
    "task.zone_without_capacity": "タスクのサブネットのアベイラビリティーゾーンは、すべて障害中です: {text}",
    "drain.stop_pending": "{instance} のコンテナインスタンスは DRAINING なので、まだ PENDING のタスクはすぐに停止されます。",
    "daemon.start": "コンテナインスタンス {instances} 台のうち {start} 台に、この DAEMON サービスのタスクがありません。1 台に 1 つずつ起動します。",
    "daemon.leave": "このコンテナインスタンスは、この DAEMON サービスの対象ではありません。",
    "daemon.roll": "古いタスク {old} 個が、それぞれのインスタンスで場所を空ける必要があります。正常なタスクは {healthy} 個、保つべき数は {floor} 個です。",
    "rebalance.start": "{zone} のタスクは {tasks} 個で、{fullest} 個のゾーンがあります。均等にするため {zone} で 1 個起動します。",
    "rebalance.stop": "少ないゾーンのタスクが正常になったので、{zone} の {tasks} 個のうち 1 個を停止します。",
    "scaling.out": "CapacityProviderReservation は {reservation} % で、ターゲットの {target} % を上回っています。必要なインスタンスは "
    "{needed} 台、現在は {existing} 台なので、Auto Scaling グループを {desired} 台に増やします。",
    "scaling.in": "CapacityProviderReservation が 15 分間 {reservation} % で、ターゲットの {target} % を下回りました。{existing} 台の"
    "うち必要なのは {needed} 台なので、Auto Scaling グループを {desired} 台に減らします。",
    "scaling.low": "CapacityProviderReservation は {reservation} % で、ターゲットの {target} % を下回っています ({existing} 台のうち必要"
    "なのは {needed} 台)。グループが縮小されるまでの {datapoints} 分のうち {minutes} 分目です。",
    "scaling.steady": "CapacityProviderReservation は {reservation} % です (ターゲット {target} %)。必要なインスタンスは {needed} 台、"
    "現在は {existing} 台です。",
    "task.no_capacity": "タスクを置くキャパシティーがありません: {text}",
    "http.no_targets": (
        "ターゲットグループ {target_group} に、リクエストを受けられる登録済みのターゲットがありません "
        "(ドレイン中 {draining} 個)。"
    ),
    "http.connection_refused": (
        "タスク {task} ({address}) が接続を拒否しました。ポート {port} で待ち受けているものがありません。"
    ),
    "http.connection_closed": "タスク {task} ({address}) が、応答を返す前に接続を閉じました。",
    "http.deregistration_delay_over": (
        "リクエストの処理中に、タスク {task} ({address}) の登録解除の遅延が終わりました。"
    ),
    "http.connect_timeout": "タスク {task} ({address}) への接続が {timeout_s} 秒以内に確立しませんでした。",
    "http.idle_timeout": (
        "タスク {task} ({address}) が、ロードバランサーのアイドルタイムアウト {timeout_s} 秒の間、"
        "何も返しませんでした。"
    ),
    "http.action_not_simulated": "リスナールールのアクション {action} はシミュレートされません。",
    "http.plain_http_to_https": "{host} の HTTPS ポート {port} に、暗号化されていない HTTP が送られました。",
    "http.unknown_host": "{host} という名前のロードバランサーもタスクもありません。",
    "http.no_listener": "{host} にはポート {port} のリスナーがありません。",
    "http.no_answer": "{host} がポート {port} で {timeout_s} 秒以内に応答しませんでした。",
    "http.refused": "{host} がポート {port} への接続を拒否しました。",
    "http.closed": "{host} が、応答を返す前にポート {port} の接続を閉じました。",
    "http.tls_failed": "{host} のポート {port} では TLS を使えません。",
    "http.certificate_mismatch": "リスナーの証明書にあるのは {names:list} で、{host} は含まれていません。",
    "http.client_gave_up": "クライアントが {host} のポート {port} の応答を {timeout_s} 秒であきらめました (ロードバランサーのアクセスログでは 460)。",
    "http.bad_url": "{url} はリクエストできる URL ではありません。",
}
"""Reason code to template."""

LABELS: dict[str, str] = {
    "cluster": "クラスター",
    "service": "サービス",
    "task": "タスク",
    "map.title": "クラスター {cluster} の構成図",
    "map.desc": "{time} の時点で、サービス {services} 個、タスク {tasks} 個",
    "map.empty": "クラスターはまだありません。ecs.create_cluster(clusterName=...) で作成します。",
    "map.no_services": "サービスはまだありません。",
    "map.standalone": "スタンドアロンタスク",
    "map.stopped": "停止済み",
    "map.stopped_more": "これより古い停止済みタスク {more} 個は省略しています",
    "map.more": "ほかのタスク {more} 個は省略しています",
    "map.internet": "利用者",
    "map.no_tasks": "タスクなし",
    "map.listener": "リスナー",
    "map.no_listener": "リスナーなし",
    "map.target_group": "ターゲットグループ",
    "map.no_targets": "ターゲットなし",
    "map.default": "デフォルト",
    "map.redirect": "リダイレクト",
    "map.fixed": "固定レスポンス",
    "map.instances": "コンテナインスタンス",
    "map.instances.more": "ほかにコンテナインスタンスが {more} 台あります (表示していません)",
    "map.instance.tasks_more": "ほかにタスク {more} 個",
    "map.instance.none": "タスクなし",
    "map.connected": "エージェント接続中",
    "map.disconnected": "エージェント未接続",
    "map.left": "残り",
    "map.left.of": "{whole} のうち {left}",
    "map.cpu": "CPU ユニット",
    "map.memory": "メモリ (MiB)",
    "map.gpus": "GPU",
    "map.enis": "タスク用の ENI",
    "map.on": "{instance} 上",
    "map.no_zone": "ゾーン未定",
    "desired": "必要数",
    "running": "実行中",
    "pending": "保留中",
    "failed": "失敗",
    "container": "コンテナ",
    "target": "ターゲット",
    "health": "ヘルス",
    "tl.title": "サービス {service} のタイムライン",
    "tl.desc": (
        "{start} から {end} まで、タスク {tasks} 個、デプロイ {deployments} 個。現在は実行中 {running} 個、"
        "正常 {healthy} 個です。"
    ),
    "tl.stages": "ステージ",
    "tl.production": "本番",
    "tl.test": "テスト",
    "tl.stage": "ステージ {stages}",
    "tl.stage.back": "ロールバック、ステージ {stages}",
    "tl.stage.with": "{sentence} (新しいリビジョンへ: 本番 {production} %、テスト {test} %)",
    "tl.hook": "{stage} のライフサイクルフック {hook} は {status} です。",
    "tl.share.production": "{revision} が本番トラフィックの {percent} % を受けます",
    "tl.share.test": "{revision} がテストトラフィックの {percent} % を受けます",
    "tl.back": "ロールバック",
    "tl.back.letters": "大文字はロールバック",
    "tl.shares": "本番とテストのトラフィックのうち新しいリビジョンが受ける割合 (%)",
    "tl.deployments": "デプロイ",
    "tl.deployment": "デプロイ",
    "tl.tasks": "タスク",
    "tl.calls": "呼び出し",
    "tl.events": "イベント",
    "tl.total": "STOPPED 以外のタスク",
    "tl.healthy": "正常",
    "tl.floor": "最小ヘルス率 {percent}% = {floor} 個",
    "tl.ceiling": "最大率 {percent}% = {ceiling} 個",
    "tl.max": "上限 {ceiling}",
    "tl.min": "正常の下限 {floor}",
    "tl.earlier": "{start} より前は省略しています。start を指定すると表示できます。",
    "tl.later": "{end} まで表示しています (現在は {now})。end を指定すると続きを表示できます。",
    "tl.column": "1 文字は {step}",
    "tl.keys": "サービスイベント {events} 件",
    "tl.nothing": "サービス {service} にはまだ何も起きていません。",
    "tl.undrawn": "ほかのタスク {undrawn} 個はレーンを省略しています (下の数には含みます)。",
    "tl.hidden": "この区間に関係しないタスク {hidden} 個は省略しています。",
    "no_service": "サービス {service} はありません。ここにあるサービス: {services}",
    "no_services": "サービス {service} はありません。サービスはまだ作成されていません。",
    "why.title": "理由: {subject}",
    "why.nothing": "{subject} についての判断は記録されていません。",
    "why.unknown": (
        "「{subject}」は見つかりません。サービス名、タスク ID (先頭の一部でも可)、デプロイ ID、"
        "または 503 などのステータスを指定してください。"
    ),
    "why.many": "「{subject}」に当てはまるタスクが複数あります: {tasks}。ID をもう少し長く指定してください。",
    "why.earlier": "これより前の {left} 行は省略しています",
    "why.similar": "同様のものがさらに {more} 件",
    "why.times": "{until} まで {times} 回",
    "why.times.at_once": "{times} 回",
    "why.until": "{until} まで",
    "why.tasks": "タスク {count} 個: {ids}",
    "why.call": "{operation} が呼び出されました。",
    "why.call.by": "あなたが {operation} を呼び出しました。",
    "why.call.with": "{sentence} ({what})",
    "why.deployment.new": "デプロイ {deployment} が始まりました (PRIMARY、IN_PROGRESS)。",
    "why.deployment.IN_PROGRESS": "デプロイ {deployment} が再び PRIMARY になりました (IN_PROGRESS)。",
    "why.stopping": "ECS がタスクの停止を決めました: {reason} (stopCode {code})",
    "why.stopping.same": "そのため、ECS がタスクの停止を決めました (stopCode {code})。",
    "why.stopped": "タスクが STOPPED になりました。",
    "why.running": "タスクが RUNNING になりました。",
    "why.created": "デプロイ {deployment} のタスクとして作成されました。",
    "why.created.standalone": "RunTask で作成されました。停止しても、サービスによる置き換えはありません。",
    "why.exit": "コンテナ {container} が終了コード {exit_code} で終了しました{meaning}。",
    "why.no_exit": "コンテナ {container} は終了コードのないまま停止しました: {reason}",
    "why.exit.reason": "{sentence} {reason}",
    "why.health": "コンテナ {container} のヘルスチェックの結果は {health} です。",
    "why.target": "ターゲット {target} が {state} になりました{reason}。",
    "why.fault": "障害を注入しました: {fault} ({match})。",
    "why.fault.off": "障害を解除しました: {fault} ({match})。",
    "why.http": "{request} への応答は {status} でした: {reason}",
    "why.http.error": "{request} は失敗しました: {reason}",
    "why.http.rule": "{request} に、ロードバランサー自身がリスナールールに従って {status} を返しました。",
    "why.http.none": "{request} に、タスク {task} のプログラムが {status} を返しました。",
    "why.http.nothing": "{status} を返したリクエストはまだありません。",
    "exit.0": " (正常終了)",
    "exit.1": " (プログラム自身のエラー)",
    "exit.126": " (コマンドを実行できません)",
    "exit.127": " (イメージにそのコマンドがありません)",
    "exit.137": " (SIGKILL)",
    "exit.139": " (SIGSEGV による異常終了)",
    "exit.143": " (SIGTERM を処理せずに終了)",
    "events.title": "サービス {service} のイベント",
    "events.nothing": "サービス {service} のイベントはまだありません。",
    "word.healthy": "正常",
    "word.unhealthy": "異常",
    "word.failed": "失敗",
    "cost.title": "実際の AWS での料金",
    "cost.estimate": "概算",
    "cost.total": "合計",
    "cost.so_far": "仮想時間 {time} の間にかかった料金",
    "cost.month": "今の構成を 1 か月 (730 時間) 続けた場合",
    "cost.nothing": "料金のかかるものはまだ動いていません。",
    "cost.item": "項目",
    "cost.quantity": "使用量",
    "cost.price": "単価",
    "cost.amount": "米ドル",
    "cost.vcpu": "Fargate の vCPU (タスク {tasks} 個)",
    "cost.memory": "Fargate のメモリ (タスク {tasks} 個)",
    "cost.balancer": "Application Load Balancer ({balancers} 台)",
    "cost.vcpu.unit": "vCPU 時間",
    "cost.memory.unit": "GB 時間",
    "cost.balancer.unit": "ALB 時間",
    "cost.note.minimum": (
        "Fargate はイメージのプル開始からタスクの終了まで秒単位で課金され、最低 1 分です。{tasks} 個のタスクを "
        "1 分に切り上げました。"
    ),
    "cost.note.none_minimum": (
        "Fargate はイメージのプル開始からタスクの終了まで秒単位で課金され、最低 1 分です。"
    ),
    "cost.note.requested": "実際の使用量ではなく、タスク定義で要求したサイズに対して課金されます。",
    "cost.note.balancer": (
        "ロードバランサーはリクエストの有無にかかわらず時間単位で課金され、1 時間未満も 1 時間になります。"
    ),
    "cost.note.left_out": (
        "含まれないもの: ロードバランサーのキャパシティーユニット、パブリック IPv4 アドレス、NAT ゲートウェイ、"
        "データ転送、CloudWatch Logs、無料利用枠、Savings Plans、Spot。"
    ),
    "cost.note.other_launch": (
        "Fargate 以外のタスク {tasks} 個は含みません。インスタンスに料金がかかります。"
    ),
    "cost.note.unsized": "サイズのわからないタスク {tasks} 個は含みません。",
    "cost.note.forgotten": "すでに表示されなくなったタスク {tasks} 個は含みません。",
    "cost.note.source": "{region} の米ドル料金 ({date} 現在)。出典: {source} を引用した記事。",
    "cost.note.other_region": "{region} の料金表がないため、{used} の料金を使っています。",
}
"""Label key to template."""
