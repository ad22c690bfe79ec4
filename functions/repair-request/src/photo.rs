use crate::{App, picture::Picture, read::find_repair_of_household, reply::RepairReply};
use axum::{
    body::Body,
    extract::{
        FromRequest, Multipart, Request, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use heatpay_domain::{
    RepairNo,
    repair::{MAX_PHOTOS, Photo, PhotoRefused, Repair},
};
use heatpay_runtime::{Problem, auth::Resident, files::FileError, http::Path, problem::ProblemBody};
use heatpay_store::StoreError;
use ring::digest::{SHA256, digest};

/// The largest photo: as a phone sends a picture of 1,600 pixels it has some 500 KB.
const MAX_PHOTO_BYTES: usize = 2 * 1024 * 1024;

/// The largest form with a photo in it. API Gateway hands on at most 6 MB, a third of it for base64.
pub(crate) const MAX_FORM_BYTES: usize = MAX_PHOTO_BYTES + 16 * 1024;

/// How often somebody else may change the repair while a photo is added.
const ATTEMPTS: usize = 4;

/// A photo, as `uni.uploadFile` and an HTML form send one.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the form")]
pub(crate) struct PhotoForm {
    /// A JPEG, PNG or WebP of at most 2 MiB. What a camera wrote beside the picture, its place above all, is not kept.
    #[schema(value_type = String, format = Binary)]
    photo: Vec<u8>,
}

/// The bytes of a photo.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the answer's body")]
pub(crate) struct PhotoBytes(Vec<u8>);

/// 上传报修照片
///
/// Adds a photo to a report that is not over; it may have six. The same picture again is the same photo.
#[utoipa::path(post, path = "/api/repairs/{repair_no}/photos", tag = "repairs", security(("token" = [])),
    params(("repair_no" = String, Path, description = "报修单号, the repair's number", min_length = 8, max_length = 32, pattern = "^F[A-Za-z0-9]{7,31}$", example = "F9F86D081884C7D659A2FEAA0C5")),
    request_body(content = inline(PhotoForm), content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Added", body = RepairReply),
        (status = 200, description = "Added before", body = RepairReply),
        (status = 400, description = "No form with a `photo` in it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such repair of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_photos`, `repair_over`, or `changed_meanwhile`: send it again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not a form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`not_a_photo`: no JPEG, PNG or WebP, or cut short", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn add_photo(
    State(app): State<App>,
    resident: Resident,
    Path(repair_no): Path<String>,
    request: Request,
) -> Result<(StatusCode, axum::Json<RepairReply>), Problem> {
    // Whose it is comes first: nobody else's picture is read.
    let mut repair = find_repair_of_household(&app, &resident, &repair_no).await?;
    let sent = picture_in(request).await?;
    let picture = Picture::read(&sent).ok_or_else(not_a_photo)?;
    let photo_id = hex::encode(&digest(&SHA256, &picture.bytes).as_ref()[..16]);
    let photo = Photo { photo_id, format: picture.format, added_at: app.clock.now() };
    let mut bytes = Some(picture.bytes);
    for _ in 0..ATTEMPTS {
        if repair.photos.iter().any(|there| there.photo_id == photo.photo_id) {
            return Ok((StatusCode::OK, axum::Json(RepairReply::of(&repair))));
        }
        let after = repair.with_photo(photo.clone()).map_err(refused)?;
        // The file comes before the record: a photo that is listed is there.
        if let Some(bytes) = bytes.take() {
            let (key, kind) = (key(&after.repair_no, &photo), photo.format.content_type());
            app.files.keep(&key, kind, bytes.into()).await.map_err(|error| unavailable(&error))?;
        }
        match app.repairs.keep(&after).await {
            Ok(()) => return Ok((StatusCode::CREATED, axum::Json(RepairReply::of(&after)))),
            Err(StoreError::Raced) => repair = find_repair_of_household(&app, &resident, &repair_no).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Raced.into())
}

/// 查看报修照片
#[utoipa::path(get, path = "/api/repairs/{repair_no}/photos/{photo_id}", tag = "repairs", security(("token" = [])),
    params(
        ("repair_no" = String, Path, description = "报修单号, the repair's number", min_length = 8, max_length = 32, pattern = "^F[A-Za-z0-9]{7,31}$", example = "F9F86D081884C7D659A2FEAA0C5"),
        ("photo_id" = String, Path, description = "The photo's number, as the repair lists it", min_length = 32, max_length = 32, pattern = "^[0-9a-f]{32}$", example = "0c5d2f6b7a8e9f00112233445566778a"),
    ),
    responses(
        (status = 200, description = "The photo", content(
            (inline(PhotoBytes) = "image/jpeg"),
            (inline(PhotoBytes) = "image/png"),
            (inline(PhotoBytes) = "image/webp"),
        )),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such photo of a repair of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read_photo(
    State(app): State<App>,
    resident: Resident,
    Path((repair_no, photo_id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let repair = find_repair_of_household(&app, &resident, &repair_no).await?;
    let photo = find_photo(&repair, &photo_id).ok_or_else(|| Problem::missing("没有找到这张照片。"))?;
    let bytes = app.files.read(&key(&repair.repair_no, photo)).await.map_err(|error| match error {
        FileError::Missing => Problem::internal(&error),
        FileError::Unavailable(_) => unavailable(&error),
    })?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(photo.format.content_type()));
    // Named by what is in it, so it never changes; for this person's device alone.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
    Ok(response)
}

fn find_photo<'a>(repair: &'a Repair, photo_id: &str) -> Option<&'a Photo> {
    repair.photos.iter().find(|photo| photo.photo_id == photo_id)
}

/// Where the file is kept.
fn key(repair_no: &RepairNo, photo: &Photo) -> String {
    format!("repairs/{repair_no}/{}", photo.photo_id)
}

/// The bytes of the form's one part `photo`.
async fn picture_in(request: Request) -> Result<bytes::Bytes, Problem> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|rejection| no_form(&rejection))?;
    let mut photo = None;
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() != Some("photo") || photo.is_some() {
            return Err(no_photo());
        }
        let bytes = field.bytes().await.map_err(|error| unreadable(&error))?;
        if bytes.len() > MAX_PHOTO_BYTES {
            return Err(too_large());
        }
        photo = Some(bytes);
    }
    photo.ok_or_else(no_photo)
}

fn no_form(rejection: &MultipartRejection) -> Problem {
    let detail = "请求内容应为 multipart/form-data。";
    match rejection {
        MultipartRejection::InvalidBoundary(_) => {
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
        }
        _ => no_photo(),
    }
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { no_photo() }
}

fn no_photo() -> Problem {
    Problem::invalid("请求里应当只有一张照片(photo)。")
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "照片太大,每张最大 2 MB。")
}

fn not_a_photo() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_a_photo", "照片打不开,请换一张(JPEG、PNG 或 WebP)。")
}

fn refused(why: PhotoRefused) -> Problem {
    match why {
        PhotoRefused::Over => Problem::conflict("repair_over", "这张报修单已经结束,不能再加照片。"),
        PhotoRefused::TooMany => Problem::conflict("too_many_photos", format!("每张报修单最多 {MAX_PHOTOS} 张照片。")),
    }
}

fn unavailable(error: &FileError) -> Problem {
    Problem::unavailable("unavailable", "系统繁忙,请稍后再试。", error)
}
