//! Clients of services that have no asynchronous form of their own: cloud SDKs, SSH, LDAP, containers, message brokers;
//! and the asynchronous libraries that stand in for them.

use super::Groups;
use crate::python::library::*;

const fn legacy(instead: &'static str) -> Fact<'static> {
    blocking(Blocks::Legacy).instead(instead)
}
const BOTO: Fact<'static> = legacy("`aioboto3`");
const SSH: Fact<'static> = legacy("`asyncssh`");
const LDAP: Fact<'static> = legacy("`bonsai`");
const DOCKER: Fact<'static> = legacy("`aiodocker`");
const KUBERNETES: Fact<'static> = legacy("`kubernetes_asyncio`");
const KAFKA: Fact<'static> = legacy("`aiokafka`");
const RABBIT: Fact<'static> = legacy("`aio_pika`");
const MQTT: Fact<'static> = legacy("`aiomqtt`");
const THREAD: Fact<'static> = legacy("`asyncio.to_thread`");

pub(super) const FACTS: Groups = facts! {
    "boto3" {
        client: function().gives("botocore.client.BaseClient");
        resource: function().gives("boto3.resources.base.ServiceResource");
        Session: class();
    }
    "boto3.Session" { client: function().gives("botocore.client.BaseClient"); resource: function().gives("boto3.resources.base.ServiceResource"); any_other: function(); }
    "botocore.client" { BaseClient: class(); }
    "botocore.client.BaseClient" { get_paginator get_waiter can_paginate close exceptions meta: function(); any_other: BOTO; }
    "boto3.resources.base" { ServiceResource Item: class(); }
    "boto3.resources.base.ServiceResource" {
        Table Bucket Object Queue Topic Instance: function().gives("boto3.resources.base.Item");
        create_bucket create_table create_queue get_queue_by_name: BOTO;
    }
    "boto3.resources.base.Item" {
        put_item get_item query scan update_item delete_item batch_writer: BOTO;
        upload_file upload_fileobj download_file download_fileobj put get delete load send_message receive_messages publish: BOTO;
    }
    "aioboto3" { Session: class(); }
    "aioboto3.Session" { client resource: async_context(); }
    "aiobotocore.session" { get_session: function().gives("aiobotocore.session.AioSession"); AioSession: class(); }
    "aiobotocore.session.AioSession" { create_client: async_context(); }
    "paramiko" { SSHClient: class(); Transport SFTPClient: class(); }
    "paramiko.SSHClient" {
        connect exec_command invoke_shell: SSH;
        open_sftp: SSH.gives("paramiko.SFTPClient");
        close load_system_host_keys set_missing_host_key_policy get_transport: function();
    }
    "paramiko.SFTPClient" { get put getfo putfo listdir listdir_attr stat mkdir remove rename rmdir open file chdir: SSH; close: function(); }
    "paramiko.Transport" { connect start_client auth_password: SSH; close: function(); }
    "fabric" { Connection: class(); }
    "fabric.Connection" { run sudo get put open local: SSH; close: function(); }
    "asyncssh" {
        connect: awaitable_context().gives("asyncssh.SSHClientConnection").async_resource("SSH connection", &["close"]).tags(&[Tag::Connection]);
        listen create_server: coroutine();
        SSHClientConnection: class();
        scp: coroutine();
    }
    "asyncssh.SSHClientConnection" { run wait_closed open_session: coroutine(); create_process start_sftp_client: awaitable_context(); close: function(); }
    "ldap3" { Connection Server: class(); }
    "ldap3.Connection" { bind search add modify delete compare unbind rebind open start_tls: LDAP; }
    "ldap" { LDAPObject: class(); initialize: function().gives("ldap.LDAPObject"); }
    "ldap.LDAPObject" { simple_bind_s bind_s search_s search_ext_s add_s modify_s delete_s unbind_s: LDAP; }
    "docker" {
        from_env: function().gives("docker.DockerClient");
        DockerClient: class().attributes(&[("containers", "docker.Collection"), ("images", "docker.Collection"), ("networks", "docker.Collection"), ("volumes", "docker.Collection"), ("services", "docker.Collection")]);
        APIClient Collection: class();
    }
    "docker.Collection" { run create get list prune build pull push remove load: DOCKER; }
    "docker.DockerClient" { ping info version df events login: DOCKER; close: function(); }
    "docker.APIClient" { close: function(); any_other: DOCKER; }
    "kubernetes.client" { CoreV1Api AppsV1Api BatchV1Api CustomObjectsApi NetworkingV1Api: class().bases(&["kubernetes.client.Api"]); Api: class(); }
    "kubernetes.client.Api" { any_other: KUBERNETES; }
    "kubernetes.config" { load_kube_config load_incluster_config: function(); }
    "kafka" { KafkaConsumer KafkaProducer: class().blocks(Blocks::Legacy).instead("`aiokafka`"); KafkaAdminClient: class().blocks(Blocks::Legacy).instead("`aiokafka`"); }
    "kafka.KafkaConsumer" { poll commit seek_to_end partitions_for_topic topics position: KAFKA; close subscribe: function(); }
    "kafka.KafkaProducer" { flush close: KAFKA; send: function(); }
    "confluent_kafka" { Consumer Producer: class(); }
    "confluent_kafka.Consumer" { poll consume commit: KAFKA; subscribe assign: function(); close: KAFKA; }
    "confluent_kafka.Producer" { flush: KAFKA; poll produce: function(); }
    "aiokafka" {
        AIOKafkaProducer: class().async_resource("Kafka producer", &["stop"]);
        AIOKafkaConsumer: class().async_resource("Kafka consumer", &["stop"]);
    }
    "aiokafka.AIOKafkaProducer" { start stop flush send send_and_wait send_batch partitions_for begin_transaction commit_transaction abort_transaction: coroutine(); transaction: async_context(); }
    "aiokafka.AIOKafkaConsumer" { start stop commit committed topics position seek_to_beginning seek_to_end getone getmany: coroutine(); subscribe unsubscribe assign seek pause resume: function(); }
    "pika" { BlockingChannel: class(); BlockingConnection: class().blocks(Blocks::Legacy).instead("`aio_pika`"); ConnectionParameters: class(); }
    "pika.BlockingConnection" { channel: RABBIT.gives("pika.BlockingChannel"); process_data_events sleep close: RABBIT; }
    "pika.BlockingChannel" { basic_publish basic_get basic_ack start_consuming queue_declare exchange_declare queue_bind basic_consume consume: RABBIT; }
    "aio_pika" {
        connect connect_robust: coroutine().gives("aio_pika.Connection").async_resource("connection", &["close"]).tags(&[Tag::Connection]);
        Connection Channel Queue Exchange Message IncomingMessage: class();
    }
    "aio_pika.Connection" { close connect ready: coroutine(); channel: awaitable_context().gives("aio_pika.Channel"); }
    "aio_pika.Channel" {
        close declare_exchange get_exchange set_qos queue_delete exchange_delete: coroutine();
        declare_queue get_queue: coroutine().gives("aio_pika.Queue");
        transaction: async_context();
    }
    "aio_pika.Queue" { declare bind unbind consume cancel get purge delete: coroutine(); iterator: async_context(); }
    "aio_pika.Exchange" { declare bind unbind publish delete: coroutine(); }
    "aio_pika.IncomingMessage" { ack reject nack: coroutine(); process: async_context(); }
    "paho.mqtt.client" { Client: class(); }
    "paho.mqtt.client.Client" { connect loop_forever reconnect: MQTT; publish subscribe loop_start loop_stop connect_async: function(); }
    "paho.mqtt.publish" { single multiple: MQTT; }
    "serial" { Serial: class(); }
    "serial.Serial" { read readline read_until write flush: legacy("`serial_asyncio`"); close: function(); }
    "aiosmtplib" { send: coroutine(); SMTP: class().async_resource("SMTP connection", &["close", "quit"]); }
    "aiosmtplib.SMTP" { connect execute_command helo ehlo help rset noop vrfy expn quit mail rcpt data starttls login sendmail send_message: coroutine(); close: function(); }
    "google.cloud.storage" { Client Bucket Blob: class(); }
    "google.cloud.storage.Client" { get_bucket list_blobs list_buckets create_bucket: THREAD.gives("google.cloud.storage.Bucket"); bucket: function().gives("google.cloud.storage.Bucket"); }
    "google.cloud.storage.Bucket" { blob: function().gives("google.cloud.storage.Blob"); get_blob list_blobs delete_blob copy_blob exists: THREAD; }
    "google.cloud.storage.Blob" { upload_from_string upload_from_filename upload_from_file download_as_bytes download_as_text download_as_string download_to_filename download_to_file exists delete reload: THREAD; }
    "google.cloud.bigquery" { Client: class(); }
    "google.cloud.bigquery.Client" { query query_and_wait load_table_from_dataframe insert_rows_json get_table create_table list_rows: THREAD; }
    "google.cloud.secretmanager" { SecretManagerServiceClient: class(); }
    "google.cloud.secretmanager.SecretManagerServiceClient" { access_secret_version create_secret list_secrets: legacy("`SecretManagerServiceAsyncClient`"); }
    "google.cloud.pubsub_v1" { PublisherClient SubscriberClient: class(); }
    "google.cloud.pubsub_v1.SubscriberClient" { pull acknowledge create_subscription: legacy("`SubscriberAsyncClient`"); }
    "smbclient" { open_file listdir mkdir remove: THREAD; }
    "grpc" { insecure_channel secure_channel: function(); }
    "grpc.aio" {
        insecure_channel secure_channel: function().gives("grpc.aio.Channel").async_resource("gRPC channel", &["close"]).tags(&[Tag::Session]);
        server: function().gives("grpc.aio.Server");
        Channel Server: class();
    }
    "grpc.aio.Channel" { close channel_ready: coroutine(); }
    "grpc.aio.Server" { start stop wait_for_termination: coroutine(); add_insecure_port: function(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("boto3.session.Session", "boto3.Session"),
    ("paramiko.client.SSHClient", "paramiko.SSHClient"),
    ("paramiko.sftp_client.SFTPClient", "paramiko.SFTPClient"),
    ("docker.client.DockerClient", "docker.DockerClient"),
    ("docker.api.client.APIClient", "docker.APIClient"),
    ("pika.adapters.blocking_connection.BlockingConnection", "pika.BlockingConnection"),
    ("pika.adapters.blocking_connection.BlockingChannel", "pika.BlockingChannel"),
    ("aio_pika.abc.AbstractConnection", "aio_pika.Connection"),
    ("aio_pika.abc.AbstractRobustConnection", "aio_pika.Connection"),
    ("aio_pika.abc.AbstractChannel", "aio_pika.Channel"),
    ("aio_pika.abc.AbstractQueue", "aio_pika.Queue"),
    ("aio_pika.abc.AbstractExchange", "aio_pika.Exchange"),
    ("aio_pika.abc.AbstractIncomingMessage", "aio_pika.IncomingMessage"),
];
