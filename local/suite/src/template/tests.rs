use super::*;
use std::time::Duration;

/// A system of one function of each kind, as small as it can be.
const SMALL: &str = r#"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
  PublicBaseUrl: { Type: String }
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Globals:
  Function:
    Timeout: 10
    MemorySize: 256
    Environment:
      Variables:
        LOG_LEVEL: info
Resources:
  HttpApi:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: { AllowOrigins: [https://localhost], AllowMethods: [GET] }
  BillQueryFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/bill-query
      Environment:
        Variables:
          PAYMENTS_TABLE: !Ref PaymentsTable
          NOTIFY: !Sub ${PublicBaseUrl}/callbacks/${!literal}
      Events:
        Home: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Method: get, Path: "/api/home" } }
      Policies:
        - Statement:
            - { Effect: Allow, Action: [dynamodb:GetItem, dynamodb:PutItem], Resource: !GetAtt PaymentsTable.Arn }
            - { Effect: Allow, Action: dynamodb:Query, Resource: !Sub "${PaymentsTable.Arn}/index/open" }
  PaymentSettleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/payment-settle
      Timeout: !If [IsProduction, 20, 30]
      Environment:
        Variables:
          LOG_LEVEL: debug
      Events:
        Tick: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(5 minutes) } }
  PaymentSettleSource:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref PaymentSettleFunction
      EventSourceArn: !GetAtt SettlementQueue.Arn
      BatchSize: 7
      FunctionResponseTypes: [ReportBatchItemFailures]
      ScalingConfig: { MaximumConcurrency: 3 }
  SettlementQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
      RedrivePolicy: { deadLetterTargetArn: !GetAtt SettlementDlq.Arn, maxReceiveCount: 5 }
  SettlementDlq: { Type: AWS::SQS::Queue }
  PaymentEventsTopic: { Type: AWS::SNS::Topic }
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref PaymentEventsTopic
      Protocol: sqs
      Endpoint: !GetAtt SettlementQueue.Arn
      RawMessageDelivery: true
      FilterPolicy: { type: [payment.paid] }
  PaymentsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: payment_no, AttributeType: S }]
      KeySchema: [{ AttributeName: payment_no, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
      GlobalSecondaryIndexes:
        - IndexName: open
          KeySchema: [{ AttributeName: open_shard, KeyType: HASH }, { AttributeName: ask_at, KeyType: RANGE }]
          Projection: { ProjectionType: KEYS_ONLY }
  SessionSecret:
    Type: AWS::SecretsManager::Secret
    Properties: { GenerateSecretString: { GenerateStringKey: token_key } }
  FilesBucket: { Type: AWS::S3::Bucket }
"#;

fn given() -> Parameters {
    Parameters::from([("PublicBaseUrl".to_owned(), "https://pay.example".to_owned())])
}

fn read(text: &str) -> Result<Template, TemplateError> {
    Template::read(text, &given(), &OneMachine::at("http://127.0.0.1:4566"))
}

fn small() -> Template {
    read(SMALL).expect("the small template is sound")
}

fn error(text: &str) -> String {
    let error = read(text).expect_err("the template has a mistake");
    with_cause(&error)
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or(error.to_string(), |source| format!("{error}: {source}"))
}

#[test]
fn a_function_has_its_globals_settings_routes_and_grants() {
    let template = small();
    let query = template.function("bill-query").expect("is there");
    assert_eq!(query.timeout, Duration::from_secs(10));
    assert_eq!(query.settings["LOG_LEVEL"], "info");
    assert_eq!(query.settings["PAYMENTS_TABLE"], "payments");
    assert_eq!(query.settings["NOTIFY"], "https://pay.example/callbacks/${literal}");
    assert_eq!(query.routes, [Route { method: "GET".to_owned(), path: "/api/home".to_owned() }]);
    let grants: Vec<String> = query.grants.iter().map(ToString::to_string).collect();
    assert_eq!(
        grants,
        ["dynamodb:GetItem payments", "dynamodb:PutItem payments", "dynamodb:Query payments/index/open"]
    );
}

#[test]
fn what_a_function_says_itself_wins_over_the_globals() {
    let template = small();
    let settle = template.function("payment-settle").expect("is there");
    assert_eq!(settle.settings["LOG_LEVEL"], "debug");
    assert_eq!(settle.timeout, Duration::from_secs(30), "the condition does not hold for stage dev");
}

#[test]
fn a_function_knows_its_queue_and_its_schedule() {
    let template = small();
    let settle = template.function("payment-settle").expect("is there");
    let source = settle.source.as_ref().expect("a queue drives it");
    assert_eq!((source.batch_size, source.at_once, source.reports_failures), (7, Some(3), true));
    assert_eq!(settle.schedules[0].when, Expression::Every(Duration::from_secs(300)));
    let queue = template.queue(&source.queue).expect("is there");
    assert_eq!(queue.url, "http://127.0.0.1:4566/000000000000/settlement");
    assert_eq!(queue.visibility, Duration::from_secs(180));
    assert_eq!(queue.dead_letter, Some(DeadLetter { queue: "SettlementDlq".to_owned(), after: 5 }));
}

#[test]
fn a_subscription_takes_only_what_its_filter_names() {
    let template = small();
    let subscription = &template.topics[0].subscriptions[0];
    let of_type = |kind: &str| [("type".to_owned(), kind.to_owned())].into();
    assert!(subscription.raw);
    assert!(subscription.takes(&of_type("payment.paid")));
    assert!(!subscription.takes(&of_type("refund.requested")));
    assert!(!subscription.takes(&Parameters::new()));
}

#[test]
fn a_table_says_how_to_create_it() {
    let template = small();
    let table = &template.tables[0];
    assert_eq!(table.expires.as_deref(), Some("expires_at"));
    let request = table.create_request();
    assert_eq!(request["TableName"], "payments");
    assert_eq!(request["GlobalSecondaryIndexes"][0]["KeySchema"][1]["AttributeName"], "ask_at");
    assert_eq!(request["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"], "KEYS_ONLY");
    assert_eq!(template.secrets[0].made_by_chance.as_deref(), Some("token_key"));
    assert_eq!(template.buckets[0].name, "files");
    assert_eq!(template.cors.allow_origins, ["https://localhost"]);
}

#[test]
fn a_mistake_is_told_with_the_resource_it_is_in() {
    assert_eq!(
        error(&SMALL.replace("!Ref PaymentsTable", "!Ref PaymentTable")),
        "BillQueryFunction: refers to PaymentTable, which is not in the template"
    );
    assert_eq!(
        error(&SMALL.replace("rate(5 minutes)", "rate(5 minute)")),
        "PaymentSettleFunction.Tick: its schedule is not valid: \"rate(5 minute)\": more than 1 takes the plural"
    );
    assert_eq!(
        error(&SMALL.replace("BatchSize: 7", "BatchSize: many")),
        "PaymentSettleSource: its properties are not as expected: invalid type: string \"many\", expected usize"
    );
    assert_eq!(
        error(&SMALL.replace("!GetAtt SettlementDlq.Arn", "arn:aws:sqs:::elsewhere")),
        "SettlementQueue: its dead-letter queue is not in the template"
    );
    assert_eq!(
        error(&SMALL.replace("!Sub ${Public", "!Base64 ${Public")),
        "BillQueryFunction: Fn::Base64 \"${PublicBaseUrl}/callbacks/${!literal}\" is not understood here"
    );
}

#[test]
fn a_parameter_without_a_default_must_be_given() {
    let place = OneMachine::at("http://127.0.0.1:4566");
    let error = Template::read(SMALL, &Parameters::new(), &place).expect_err("refused");
    assert_eq!(error.to_string(), "PublicBaseUrl: the parameter has no default and no value was given");
    let misspelt = Parameters::from([("Stag".to_owned(), "x".to_owned())]);
    let error = Template::read(SMALL, &misspelt, &place).expect_err("refused");
    assert_eq!(error.to_string(), "Stag: a value was given, but the template has no such parameter");
}

#[test]
fn the_template_of_the_product_is_understood() {
    let text = include_str!("../../../../template.yaml");
    let template = read(text).expect("template.yaml is sound");
    assert_eq!(template.functions.len(), crate::steps::NAMES.len());
    assert_eq!(template.tables.len(), text.matches("Type: AWS::DynamoDB::Table\n").count());
}
